"""The decision: an examiner proposes, a signatory decides; never the same person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from services.permits.domain import clock as clocks
from services.permits.domain.after_decision import close
from services.permits.domain.appeals import appeal_end
from services.permits.domain.application import (
    Actor,
    Application,
    Decision,
    Location,
    Proposal,
    need_state,
    with_entry,
    with_values,
)
from services.permits.domain.clock import Clock
from services.permits.domain.facts import list_facts
from services.permits.domain.inspections import cancel_overtaken
from services.permits.domain.invoices import waive
from services.permits.domain.lanes import ConditionResult
from services.permits.domain.letters import LetterProgress
from services.permits.domain.open_points import need_seen, select_seen
from services.permits.domain.paying import invoice, need_paid
from services.permits.domain.permit_type import PermitType
from services.permits.domain.rules import Rules
from services.permits.domain.validity import day_end, find_warning_time
from shared.events.base import Event
from shared.events.permits import PermitDecided, PermitExamined
from shared.kernel import Cause, Reject, Step, StoredModel, fingerprint
from shared.town.models import Town


def examine(
    application: Application,
    cause: Cause,
    examiner: Actor,
    proposal: Literal["approve", "refuse"],
    note: str,
    legal_reason: str,
    conditions: Sequence[str],
) -> Step[Application]:
    """Propose; a second proposal replaces the first while nobody has signed."""
    need_state(application, "examine", "accepted", "examined")
    _need_reason(proposal == "refuse", legal_reason)
    given = Proposal(
        by=examiner,
        proposal=proposal,
        note=note,
        legal_reason=legal_reason,
        conditions=tuple(conditions),
        at=cause.at,
    )
    after = with_values(application, state="examined", proposal=given)
    event = PermitExamined(**list_facts(application), actor=examiner.subject, proposal=proposal, note=note or None)
    return Step(with_entry(after, cause, "examined", examiner, proposal=proposal), [event])


def is_late(application: Application, at: datetime) -> bool:
    """Past its due time without a decision, or decided after it."""
    if application.decision is not None:
        return not application.decision.on_time
    return application.due_at is not None and at > application.due_at


def tells_proposal(application: Application, *, staff: bool) -> bool:
    """The examiner's proposal is the officers' own until it is signed: on every page, in every list and message."""
    return staff or application.decision is not None


def need_signature(application: Application, rules: Rules, decision: Decision) -> None:
    """Every reason against this signature, before a permit number is taken for it."""
    signatory, approved = decision.by, decision.decision == "approved"
    need_state(application, "decide", "examined")
    if application.proposal is not None and application.proposal.by.sub == signatory.sub:
        raise Reject("same-person", "who examined an application cannot sign its decision", status=403)
    if decision.office not in {one.code for one in rules.offices}:
        raise Reject("office-may-not-sign", f"the office {decision.office!r} may not sign this permit type", status=422)
    _need_reason(not approved, decision.legal_reason)
    need_seen(application, rules.permit, decision.seen)
    if approved:
        need_paid(application.bill)


class _WhatIsSigned(StoredModel):
    """All that a signatory reads before signing."""

    form: Mapping[str, str]
    location: Location
    applicant: str
    documents: Mapping[str, str]  # hash of the file that counts, by requirement
    conditions: tuple[ConditionResult, ...]
    proposal: Proposal | None
    visits: Mapping[str, str]  # what was found at each
    views: Mapping[str, str]  # what others who were asked think of it


def _list_views(application: Application) -> dict[str, str]:
    views: dict[str, str] = {one.id: one.view for one in application.consultations if one.view}
    views.update({one.id: one.view for one in application.neighbours if one.view})
    return views


def read_mark(application: Application) -> str:
    """Fingerprint of all that the signatory reads. Reminders, notices and other lines of the timeline leave it."""
    documents = {code: uploads[-1].sha256 for code, uploads in application.documents.items() if uploads}
    return fingerprint(
        _WhatIsSigned(
            form=application.form,
            location=application.location,
            applicant=application.applicant.name,
            documents=documents,
            conditions=application.conditions,
            proposal=application.proposal,
            views=_list_views(application),
            visits={one.id: one.result for one in application.inspections if one.result},
        )
    )


def need_unchanged(application: Application, mark: str) -> Application:
    """The application, as long as it is what whoever accepts or signs it has read."""
    if read_mark(application) != mark:
        raise Reject("changed", "the application has changed since it was read; read it again first")
    return application


def decide(application: Application, cause: Cause, rules: Rules, town: Town, decision: Decision) -> Step[Application]:
    """Signed: the register has it at once. The letter is made by the moment `letter`; notify tells the applicant."""
    approved = decision.decision == "approved"
    need_signature(application, rules, decision)
    running = _run_on(application, cause, town, approved=approved)
    outcome = _date_decision(with_values(application, clock=running), cause, rules.permit, town, decision)
    after = with_values(
        application,
        state="decided",
        decision=outcome,
        standing="in-force" if approved else "appeal-open",
        clock=clocks.stop(running) if running else None,
        letter=LetterProgress(owed_since=cause.at),
        expiry_warning_at=find_warning_time(rules.permit, outcome.valid_until, cause.at, town),
    )
    events: list[Event] = [_tell_decided(application, cause, outcome)]
    after = with_entry(after, cause, "decided", outcome.by, decision=outcome.decision)
    overtaken = cancel_overtaken(after, cause)
    after, events = overtaken.state, [*events, *overtaken.events]
    if approved:
        invoiced = invoice(after, cause, rules.permit, town, pay_first=False)
        return Step(invoiced.state, [*events, *invoiced.events])
    after = waive(after)
    if outcome.appeal_until is None:  # nothing can be said against it any more
        closed = close(after, cause, "final", "refused")
        return Step(closed.state, [*events, *closed.events])
    return Step(after, events)


def _run_on(application: Application, cause: Cause, town: Town, *, approved: bool) -> Clock | None:
    """The clock at the signature. A proposal to refuse needed no money: a pause for it ended with that proposal."""
    clock, proposal = application.clock, application.proposal
    if clock is None or clock.paused_at is None:
        return clock
    if not approved and proposal is not None and proposal.proposal == "refuse":
        return clocks.resume(clock, town, max(proposal.at, clock.paused_at))
    return clocks.resume(clock, town, cause.at)


def _date_decision(
    application: Application, cause: Cause, permit: PermitType, town: Town, decision: Decision
) -> Decision:
    """The decision with the times that follow from the one at which it was signed."""
    approved = decision.decision == "approved"
    due_at = application.clock.due_at if application.clock else cause.at
    days, appeal = permit.valid_days, permit.appeal
    return decision.model_copy(
        update={
            "at": cause.at,
            "seen": select_seen(application, permit, decision.seen),
            "on_time": cause.at <= due_at,
            "valid_until": day_end(cause.at, days, town.calendar.zone) if approved and days else None,
            "appeal_until": appeal_end(town.calendar, cause.at, appeal.days) if appeal and not approved else None,
        }
    )


def _tell_decided(application: Application, cause: Cause, outcome: Decision) -> PermitDecided:
    return PermitDecided(
        **list_facts(application),
        actor=outcome.by.subject,
        decision=outcome.decision,
        number=outcome.number,
        decided_at=cause.at,
        verify_code=outcome.verify_code,
        legal_reason=outcome.legal_reason or None,
        conditions=list(outcome.conditions),
        on_time=outcome.on_time,
    )


def _need_reason(refused: bool, legal_reason: str) -> None:
    if refused and not legal_reason:
        raise Reject("legal-reason", "a refusal needs its legal reason", status=422)
