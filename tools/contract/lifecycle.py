"""How each kind of case goes from its first event to its last, as a reader of the topics can follow it.

The diagrams of the event reference are drawn from these tables, and tests hold the services' own code against them.
"""

from collections.abc import Mapping

from tools.contract.diagram import EVER, START, Lifecycle, Move

_WORK = (
    "work-order.created", "work-order.assigned", "work-order.prioritised", "work-order.acknowledged",
    "work-order.started", "work-order.paused",
    "work-order.resumed", "work-order.refused", "work-order.referred", "work-order.escalated",
    "work-order.agency-told", "work-order.agency-answered", "work-order.agency-chased", "work-order.taken-back",
    "incident.joined", "incident.told", "incident.left", "incident.went-on",
    "work-order.taken", "work-order.dropped", "work-order.split", "work-order.verified",
)  # fmt: skip
_DONE = ("work-order.completed", "work-order.cancelled", "incident.resolved")

REPORT = Lifecycle(
    name="report",
    title="A report",
    states={
        "open": "somebody has to do something; how far it is, its work order says",
        "resolved": "the town has given its answer, and the reporter may still reopen it",
        "closed": "nothing more is expected; a duplicate that was none opens again",
    },
    moves=(
        Move(("report.submitted",), (START,), ("open",)),
        Move(("report.merged", "report.withdrawn"), ("open",)),
        Move(_DONE, ("open",), ("resolved",)),
        # Work that ends as a duplicate or withdrawn closes the report at once, and so do merging and withdrawing.
        Move(("report.closed",), ("open", "resolved"), ("closed",)),
        Move(("report.reopened", "work-order.sent-back", "incident.went-on"), ("resolved",), ("open",)),
        Move(("report.separated",), ("closed",), ("open",)),
        Move(("report.rated",), ("resolved", "closed")),
        Move(("report.amended", "report.commented"), ("open", "resolved")),
        Move(
            ("report.followed", "report.link-renewed", "report.hidden", *_WORK, *_DONE, "work-order.sent-back"), (EVER,)
        ),
    ),
    ends=(),  # also a closed one may open again: a duplicate that was none
)
_OF_INCIDENTS = (
    "incident.joined", "incident.told", "incident.changed", "incident.left", "incident.resolved", "incident.went-on",
    "incident.reopened",
)  # fmt: skip
_OPEN = ("waiting", "taken", "paused", "referred", "split")
_WHOLE = ("waiting", "taken", "paused", "referred")
WORK_ORDER = Lifecycle(
    name="work-order",
    title="A work order",
    states={
        "waiting": "nobody has taken it yet: it is with a team, or (`team` null) in triage",
        "taken": "the crew has it in hand",
        "paused": "it waits, and its clock stands still",
        "referred": "it is with an agency outside the town, and the team watches it",
        "split": "several teams do a share each, every one a work order of its own with this one as `parent`",
        "completed": "done; whoever is to check it has not yet (`to_verify`), or nobody is",
        "verified": "done, and checked",
        "cancelled": "no work after all",
        "aside": "its report is in an incident, whose work another work order does: nobody has anything to do here",
        "ended": "over with that incident, for as long as that is over; no event of its own says so",
    },
    moves=(
        Move(("work-order.created",), (START,), ("waiting",)),
        Move(("work-order.acknowledged",), ("waiting",), ("taken",)),
        Move(("work-order.started",), ("taken",)),
        Move(("work-order.taken", "work-order.dropped"), ("waiting", "taken", "paused")),
        Move(("work-order.paused",), ("waiting", "taken"), ("paused",)),
        Move(("work-order.resumed",), ("paused",), ("waiting", "taken")),
        Move(("work-order.refused",), _WHOLE, ("waiting",)),
        Move(("work-order.assigned",), _OPEN, ("waiting",)),
        Move(("work-order.referred",), _WHOLE, ("referred",)),
        Move(("work-order.split",), _OPEN, ("split",)),
        Move(("work-order.taken-back",), ("referred",), ("waiting", "taken")),
        # The agency was not reached, or says that it is not its own: the team's again.
        Move(("work-order.agency-told", "work-order.agency-answered"), ("referred",), ("waiting", "taken")),
        Move(("work-order.agency-told", "work-order.agency-chased"), ("referred",)),
        # Also of work that is over or somewhere else: what an agency says late is told, and moves nothing.
        Move(("work-order.agency-answered",), (EVER,)),
        Move(("work-order.completed",), ("waiting", "taken", "referred", "split"), ("completed",)),
        Move(("work-order.verified",), ("completed",), ("verified",)),
        # What is checked already, or was called off, is sent back only with an incident that is not over after all.
        Move(("work-order.sent-back",), ("completed", "verified", "cancelled"), ("waiting",)),
        Move(("work-order.cancelled",), (*_OPEN, "aside"), ("cancelled",)),
        # Said to its report, or of the incident: by the note below they are told to the work order too.
        Move(("incident.joined",), _WHOLE, ("aside",)),
        Move(("incident.left", "incident.changed"), ("aside",), _WHOLE),
        Move(("incident.resolved",), ("aside",), ("ended",)),
        Move(("incident.went-on",), ("ended",), ("aside",)),
        Move(("incident.reopened",), ("aside", "ended"), _WHOLE),
        Move(_OF_INCIDENTS, (EVER,)),
        Move(("work-order.escalated", "work-order.prioritised"), _OPEN),
        Move(("work-order.hidden",), (EVER,)),
    ),
    ends=(),  # also what is verified, called off or ended is open again with an incident that is not over after all
    note=(
        "Where nobody is to check it (`to_verify` false), `completed` is the end. What is `verified` or `cancelled` is "
        "open again only where it does the work of an incident that was closed by mistake. In triage (`team` null) it "
        "is paused while its reporter is asked something, and then waits there again (`waiting`); what a team has "
        "paused is `taken` again. A `work-order.assigned` whose `previous_team` is its `team` changes no state: only "
        "the promise has changed. "
        "What is `referred` is the team's again (`waiting` in triage, else `taken`) by a `work-order.agency-told` "
        "whose `status` is `failed`, by a `work-order.agency-answered` whose `answer` is `declined`, and by "
        "`work-order.taken-back`; other events of those two types, and every `agency-answered` that is `late`, change "
        "no state.\n\n"
        "**In an incident.** `incident.joined`, `.left` and `.resolved` have the report as their key: they are about "
        "the work orders that name it in `report_id` and were open before. They change nothing for the one that does "
        "the incident's work (`work_order_id`), for work that is split, and for a share (`parent`). What stood aside "
        "goes on where it was by `incident.left`, or by an `incident.changed` or `.reopened` that names it in "
        "`work_order_id`, and is over by `incident.resolved`. By `incident.went-on` what ended so stands aside again: "
        "the incident is not over after all. A report that is withdrawn or merged has its work order cancelled as ever."
    ),
)
INCIDENT = Lifecycle(
    name="incident",
    title="An incident",
    states={"open": "known, and worked on by one work order", "closed": "over"},
    moves=(
        Move(("incident.opened",), (START,), ("open",)),
        Move(("incident.changed",), ("open",)),
        Move(("incident.closed",), ("open",), ("closed",)),
        Move(("incident.reopened",), ("closed",), ("open",)),
    ),
    ends=(),  # one that was closed by mistake goes on
    note=(
        "Its reports hear of it by events of their own: `incident.joined`, `incident.told` for each change, then "
        "`incident.left` or `incident.resolved`. Nothing more of it is told to a report that is withdrawn with nobody "
        "following it, merged, or opened again, nor an end to the one whose work order did the work: that one hears of "
        "its own work's end. Closed by mistake it goes on (`incident.reopened`), for as long as its reports may be "
        "opened again: those that were told that it is over hear `incident.went-on`, the one whose work order does the "
        "work that work's `work-order.sent-back`. An `incident.closed` with `into` made it part of another, of which "
        "its reports are told by `incident.joined`. What is only proposed to an officer is told to nobody."
    ),
)
_UNDECIDED = ("submitted", "asked", "accepted", "paused", "examined", "unpaid")
_ANSWERED = ("permit.consultation-answered", "permit.consultation-overdue", "permit.consultee-asked-again",
    "permit.neighbour-answered",
    "permit.neighbour-reminded",
)  # fmt: skip
_LIVES_ON = (
    "permit.construction-started", "permit.construction-finished", "permit.construction-accepted", "permit.expiring",
    "permit.extension-asked", "permit.extension-answered", "permit.transferred", "permit.revoked",
    "permit.appealed", "permit.appeal-answered",
)  # fmt: skip
PERMIT = Lifecycle(
    name="permit",
    title="A permit application",
    states={
        "submitted": "handed in; an officer checks the documents",
        "asked": "with the applicant: documents are asked for, or they correct it",
        "accepted": "complete: the clock runs",
        "paused": "the clock stands still while the applicant answers",
        "examined": "the examiner has proposed, the signatory decides",
        "unpaid": "examined, and the clock stands still until the fees are paid",
        "decided": "signed; the letter can be verified",
        "withdrawn": "the applicant took it back",
        "closed": "nothing more is expected",
    },
    moves=(
        Move(("permit.submitted",), (START, "asked"), ("submitted",)),
        Move(("permit.reopened",), ("submitted",), ("asked",)),
        Move(("permit.documents-requested",), ("submitted", "accepted", "examined", "unpaid"), ("asked",)),
        Move(("permit.paused",), ("asked",), ("paused",)),
        Move(("permit.resumed",), ("paused",), ("accepted",)),
        Move(("permit.paused",), ("examined",), ("unpaid",)),
        Move(("permit.resumed",), ("unpaid",), ("examined",)),
        Move(("permit.accepted",), ("submitted",), ("accepted",)),
        Move(("permit.examined",), ("accepted", "examined"), ("examined",)),
        Move(("permit.examined",), ("unpaid",)),
        Move(("permit.decided",), ("examined", "unpaid"), ("decided",)),
        Move(("permit.withdrawn",), _UNDECIDED, ("withdrawn",)),
        Move(("permit.closed",), ("decided", "withdrawn"), ("closed",)),
        Move(("permit.overdue",), ("accepted", "examined")),
        Move(("permit.check-overdue",), ("submitted",)),
        Move(("permit.answer-awaited",), ("asked", "paused")),
        Move(("permit.consulted", "permit.neighbour-asked"), ("submitted", "accepted", "examined", "unpaid")),
        Move(_ANSWERED, _UNDECIDED),
        Move(("permit.consultee-told",), (EVER,)),
        # A permit that is decided lives on: none of these changes that it is.
        Move(_LIVES_ON, ("decided",)),
        Move(
            ("permit.inspection-planned", "permit.inspection-moved", "permit.inspection-cancelled", "permit.inspected"),
            ("accepted", "examined", "decided"),
        ),
        Move(("permit.link-renewed",), (EVER,)),
        Move(("permit.message-written",), (EVER,)),
        Move(
            ("permit.fees-due", "permit.fees-paid", "permit.fees-refunded", "permit.payment-cancelled"),
            (EVER,),
        ),
    ),
    ends=("closed",),
    note=(
        "`permit.paused` says by its `reason` what it waits for: `documents` of the applicant, or `payment` where it "
        "is paid before it is decided. What is examined and unpaid can be refused, and is granted once it is paid. "
        "`permit.payment-cancelled` takes a `permit.fees-paid` back: its receipt is void, and where money is waited "
        "for `permit.paused` follows again. An application may have several invoices: events of fees say by `invoice` "
        "which one they are about, and by `purpose` what it is for."
    ),
)
NOTICE = Lifecycle(
    name="notice",
    title="A notice",
    states={
        "sent": "a channel beyond the inbox took it, or the inbox was all there was",
        "failed": "no channel beyond the inbox took it",
        "skipped": "no channel beyond the inbox was tried",
    },
    moves=(
        *(Move((f"notice.{end}",), (START, "failed", "skipped"), (end,)) for end in ("sent", "failed", "skipped")),
        Move(("notice.contact-shown",), (EVER,)),  # about the case's contact, and about no notice
    ),
    ends=("sent",),
    note="What failed or was skipped may be sent again by an operator, and then ends once more.",
)
LIFECYCLES: Mapping[str, Lifecycle] = {one.name: one for one in (REPORT, WORK_ORDER, INCIDENT, PERMIT, NOTICE)}
