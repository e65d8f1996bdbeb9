"""The gate before the clock: an officer finds the documents complete, or asks for what is missing."""

from collections.abc import Sequence

from services.permits.domain import clock as clocks
from services.permits.domain import lanes, plan
from services.permits.domain.application import (
    Actor,
    Application,
    Request,
    changed,
    facts,
    need_state,
    told,
)
from services.permits.domain.documents import missing_documents
from services.permits.domain.lanes import ConditionResult
from shared.events import Event, PermitAccepted, PermitDocumentsRequested, PermitOverdue, PermitPaused
from shared.kernel import Cause, Reject, Step
from shared.town.models import Lane, Town


def judge(case: Application, town: Town) -> tuple[Lane, tuple[ConditionResult, ...]]:
    """The lane that this application takes as it stands, with every condition and its value."""
    permit = town.permits[case.type]
    zone = town.land_use_of(case.location.latitude, case.location.longitude)
    findings = lanes.Findings(
        zone=zone, documents_needed=len(permit.documents_for(dict(case.form))),
        documents_missing=len(missing_documents(case, permit)), plan=plan.check(permit, case.form, zone),
    )  # fmt: skip
    return lanes.choose(permit, case.form, findings)


def accept(case: Application, cause: Cause, town: Town, officer: Actor) -> Step[Application]:
    """Complete: the lane is chosen, its conditions are recorded, and the clock starts now."""
    need_state(case, "accept", "submitted")
    lacking = [document.code for document in missing_documents(case, town.permits[case.type])]
    if lacking:
        raise Reject("incomplete", f"still missing: {', '.join(lacking)}", status=422)
    lane, conditions = judge(case, town)
    clock = clocks.start(lane, town, cause.at)
    after = changed(case, state="accepted", request=None, clock=clock, conditions=conditions)
    event = PermitAccepted(**facts(case), actor=officer.subject, lane=lane.code, due_at=clock.due_at,
                           conditions=[condition.said() for condition in conditions])  # fmt: skip
    return Step(told(after, cause, "accepted", officer, lane=lane.code, due_at=clock.due_at.isoformat()), [event])


def request_documents(case: Application, cause: Cause, town: Town, officer: Actor, requirements: Sequence[str],
                      note: str) -> Step[Application]:  # fmt: skip
    """Ask the applicant for documents and say why; a clock that runs stands still until the answer."""
    need_state(case, "request documents", "submitted", "accepted", "examined")
    known = {document.code for document in town.permits[case.type].documents}
    unknown = [code for code in requirements if code not in known]
    if unknown or not requirements:
        raise Reject("unknown-requirement", f"name documents of this permit type: {', '.join(unknown)}", status=422)
    clock = clocks.pause(case.clock, town, cause.at) if case.clock else None
    request = Request(requirements=tuple(dict.fromkeys(requirements)), note=note, at=cause.at)
    after = changed(case, state="documents-requested", request=request, clock=clock, proposal=None)
    events: list[Event] = [
        PermitDocumentsRequested(**facts(case), actor=officer.subject, requirements=list(request.requirements),
                                 note=note or None)
    ]  # fmt: skip
    if clock is not None:
        events.append(PermitPaused(**facts(case), actor=officer.subject, reason="documents"))
    told_of = told(after, cause, "documents-requested", officer, note, requirements=" ".join(request.requirements))
    return Step(told_of, events)


def remind(case: Application, cause: Cause, town: Town) -> Step[Application] | None:
    """The clock's warnings that have come: who holds each level is told while there is still time to act.

    All of them at once: two may be due at one moment, and a timer's moment takes effect once.
    """
    events: list[Event] = []
    after = case
    while (clock := after.clock) and (due := clock.next) and due.at <= cause.at:
        events.append(PermitOverdue(**facts(case), due_at=clock.due_at, percent=due.percent, level=due.level))
        told_of = told(after, cause, "reminded", Actor(level="system"), percent=str(due.percent), to=due.level)
        after = changed(told_of, clock=clocks.warned(clock, town))
    return Step(after, events) if events else None
