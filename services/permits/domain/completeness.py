"""The gate before the clock: an officer finds the documents complete, or asks for what is missing."""

from collections.abc import Sequence
from typing import get_args

from services.permits.domain import answering, lanes, plan
from services.permits.domain import clock as clocks
from services.permits.domain.application import (
    SYSTEM,
    Actor,
    Application,
    need_state,
    with_entry,
    with_values,
)
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.facts import list_facts
from services.permits.domain.findings import as_note, to_replace
from services.permits.domain.handing_in import parcel_for
from services.permits.domain.lanes import ConditionResult
from services.permits.domain.paying import invoice
from services.permits.domain.permit_type import Lane
from services.permits.domain.plan import LandUse, land_use_of
from services.permits.domain.rules import Rules
from services.permits.domain.survey import Parcel, survey
from shared.events.base import Event
from shared.events.permits import Lane as LaneCode
from shared.events.permits import (
    PermitAccepted,
    PermitCheckOverdue,
    PermitDocumentsRequested,
    PermitOverdue,
    PermitPaused,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

LANES = get_args(LaneCode)


def judge(application: Application, rules: Rules, town: Town) -> tuple[Lane | None, tuple[ConditionResult, ...]]:
    """The lane that this application takes as it stands, with every condition and its value."""
    permit, form = rules.permit, application.form
    site = site_of(application, town)
    findings = lanes.Findings(
        zone=site.zone,
        documents_needed=len(permit.documents_for(form)),
        documents_missing=len(list_missing_documents(application, permit)),
        plan=plan.check({field.code for field in permit.fields_for(form)}, form, site),
    )
    return lanes.choose(permit, form, findings)


def find_hoped_lane(application: Application, rules: Rules, town: Town) -> LaneCode | None:
    """The lane that it takes if what is still open turns out well."""
    hoped = lanes.within_reach(rules.permit, judge(application, rules, town)[1])
    return hoped.code if hoped and hoped.code in LANES else None


def land_use(application: Application, town: Town) -> LandUse | None:
    """What the town plan says of the plot: of a draft today's plan, then the one under which it was handed in."""
    if application.pin is not None:
        return application.land_use
    return land_use_of(town, application.location.latitude, application.location.longitude)


def parcel(application: Application, town: Town) -> Parcel | None:
    """The plot as the parcel layer has it: of a draft today's, then the one under which it was handed in."""
    if application.pin is not None:
        return application.parcel
    return parcel_for(town, application.location, application.form)


def site_of(application: Application, town: Town) -> plan.Site:
    """All that the plan checks look at beside the form."""
    where, plot = application.location, parcel(application, town)
    return plan.Site(
        zone=land_use(application, town),
        parcel=plot,
        survey=survey(where.footprint, plot),
        pin_on_parcel=plot is None or plot.holds(where.longitude, where.latitude),
        tolerances=plan.tolerances_of(town),
    )


def accept(application: Application, cause: Cause, rules: Rules, town: Town, officer: Actor) -> Step[Application]:
    """Complete: the lane is chosen, its conditions are recorded, and the clock starts now."""
    need_state(application, "accept", "submitted")
    if hindered := _find_hindrance(application, rules):
        raise hindered
    lane, conditions = judge(application, rules, town)
    if lane is None or lane.code not in LANES:
        raise Reject("no-lane", "no lane that this release knows takes the application", status=422)
    clock = clocks.start(lane, town, cause.at)
    after = with_values(application, state="accepted", request=None, clock=clock, conditions=conditions)
    event = PermitAccepted(
        **list_facts(application),
        actor=officer.subject,
        lane=lane.code,
        due_at=clock.due_at,
        conditions=[condition.for_event() for condition in conditions],
    )
    after = with_entry(after, cause, "accepted", officer, lane=lane.code, due_at=clock.due_at.isoformat())
    if not rules.permit.pays_first(lane.code):
        return Step(after, [event])
    invoiced = invoice(after, cause, rules.permit, town, pay_first=True)
    return Step(invoiced.state, [event, *invoiced.events])


def _find_hindrance(application: Application, rules: Rules) -> Reject | None:
    """What speaks against its documents."""
    if lacking := [document.code for document in list_missing_documents(application, rules.permit)]:
        return Reject("incomplete", f"still missing: {', '.join(lacking)}", status=422)
    if wrong := to_replace(application):
        return Reject("found-wrong", f"to be replaced first: {', '.join(wrong)}", status=422)
    return None


def request_documents(
    application: Application,
    cause: Cause,
    rules: Rules,
    town: Town,
    officer: Actor,
    requirements: Sequence[str],
    note: str,
) -> Step[Application]:
    """Ask the applicant for documents and say why; a clock that runs stands still until the answer. Without naming any:
    for those that were found wrong, with what was found."""
    need_state(application, "request documents", "submitted", "accepted", "examined")
    requirements = requirements or to_replace(application)
    note = note or as_note(application, rules.permit)
    known = {document.code for document in rules.permit.documents}
    unknown = [code for code in requirements if code not in known]
    if unknown or not requirements:
        raise Reject("unknown-requirement", f"name documents of this permit type: {', '.join(unknown)}", status=422)
    if not note:
        raise Reject("request-note", "say what the applicant is to do", status=422)
    clock = clocks.pause(application.clock, town, cause.at) if application.clock else None
    request = answering.ask(application, rules.permit, town, cause.at, tuple(dict.fromkeys(requirements)), note)
    after = with_values(application, state="documents-requested", request=request, clock=clock, proposal=None)
    events: list[Event] = [
        PermitDocumentsRequested(
            **list_facts(application),
            actor=officer.subject,
            requirements=list(request.requirements),
            note=note or None,
            answer_by=request.answer_by,
        )
    ]
    if clock is not None:
        events.append(PermitPaused(**list_facts(application), actor=officer.subject, reason="documents"))
    told = {"requirements": " ".join(request.requirements)}
    told |= {"answer_by": request.answer_by.isoformat()} if request.answer_by else {}
    return Step(with_entry(after, cause, "documents-requested", officer, note, **told), events)


def accept_by_itself(application: Application, cause: Cause, rules: Rules, town: Town) -> Step[Application] | None:
    """Complete without anybody looking: the profile says that each document handed in is judged by the machine alone,
    and nothing that the plan checks speaks against it."""
    if application.state != "submitted" or not rules.permit.judged_by_machine(application.documents):
        return None
    lane, conditions = judge(application, rules, town)
    if any(not one.passed for one in conditions if one.rules):
        return None
    if lane is None or lane.code not in LANES or _find_hindrance(application, rules):
        return None  # handed in all the same: an officer sees what is the matter
    return accept(application, cause, rules, town, SYSTEM)


def remind_of_check(application: Application, cause: Cause, town: Town) -> Step[Application] | None:
    """The promise to look at the documents: whoever holds each level is told before it is broken."""
    events: list[Event] = []
    after = application
    while after.state == "submitted" and (clock := after.check) and (due := clock.next) and due.at <= cause.at:
        events.append(
            PermitCheckOverdue(**list_facts(application), due_at=clock.due_at, percent=due.percent, level=due.level)
        )
        after = with_entry(after, cause, "check-reminded", SYSTEM, percent=str(due.percent), to=due.level)
        after = with_values(after, check=clocks.after_check_reminder(clock, town))
    return Step(after, events) if events else None


def remind(application: Application, cause: Cause, town: Town) -> Step[Application] | None:
    """The clock's reminders that have come: whoever holds each level is told while there is still time to act.

    All of them at once: two may be due at one moment, and a timer's moment takes effect once.
    """
    events: list[Event] = []
    after = application
    while (clock := after.clock) and (due := clock.next) and due.at <= cause.at:
        events.append(
            PermitOverdue(**list_facts(application), due_at=clock.due_at, percent=due.percent, level=due.level)
        )
        after = with_entry(after, cause, "reminded", SYSTEM, percent=str(due.percent), to=due.level)
        after = with_values(after, clock=clocks.after_reminder(clock, town))
    return Step(after, events) if events else None
