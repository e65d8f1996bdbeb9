"""The decision: an examiner proposes, a signatory decides; never the same person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from services.permits.domain import clock as clocks
from services.permits.domain.application import (
    Actor,
    Application,
    Decision,
    Letter,
    Proposal,
    changed,
    facts,
    need_state,
    told,
)
from shared.events import PermitDecided, PermitExamined
from shared.kernel import Cause, Reject, Step
from shared.town.models import Signatory, Town

_RETRY_SECONDS = (5, 15, 60, 300)  # of a letter that could not be made; from then on every five minutes


def examine(case: Application, cause: Cause, examiner: Actor, proposal: Literal["approve", "refuse"], note: str,
            legal_reason: str, conditions: Sequence[str]) -> Step[Application]:  # fmt: skip
    """Propose; a second proposal replaces the first while nobody has signed."""
    need_state(case, "examine", "accepted", "examined")
    _need_reason(proposal == "refuse", legal_reason)
    given = Proposal(by=examiner, proposal=proposal, note=note, legal_reason=legal_reason,
                     conditions=tuple(conditions), at=cause.at)  # fmt: skip
    after = told(changed(case, state="examined", proposal=given), cause, "examined", examiner, proposal=proposal)
    event = PermitExamined(**facts(case), actor=examiner.subject, proposal=proposal, note=note or None)
    return Step(after, [event])


def offices(town: Town, permit_type: str) -> list[Signatory]:
    """The offices that may sign this type, in the order in which they stand in for each other."""
    return [office for office in town.signatories if office.may_sign(permit_type)]


def may_decide(case: Application, town: Town, signatory: Actor, office: str, approved: bool, legal_reason: str) -> None:
    """Every reason against this signature, before a permit number is taken for it."""
    need_state(case, "decide", "examined")
    if case.proposal is not None and case.proposal.by.sub == signatory.sub:
        raise Reject("same-person", "who examined an application cannot sign its decision", status=403)
    if office not in {one.code for one in offices(town, case.type)}:
        raise Reject("office-may-not-sign", f"the office {office!r} may not sign this permit type", status=422)
    _need_reason(not approved, legal_reason)


def as_read(case: Application, proposal: Proposal | None) -> Application:
    """The case, as long as its proposal is the one that the signatory has read."""
    if case.proposal != proposal:
        raise Reject("changed", "the application has changed since it was read; read it again before signing")
    return case


def decide(case: Application, cause: Cause, town: Town, decision: Decision) -> Step[Application]:
    """Signed: the register has it at once, the letter follows."""
    approved = decision.decision == "approved"
    may_decide(case, town, decision.by, decision.office, approved, decision.legal_reason)
    due_at = case.clock.due_at if case.clock else cause.at
    days = town.permits[case.type].valid_days
    signed = decision.model_copy(update={
        "at": cause.at, "on_time": cause.at <= due_at,
        "valid_until": cause.at + timedelta(days=days) if approved and days else None,
    })  # fmt: skip
    stopped = clocks.stop(case.clock) if case.clock else None
    after = changed(case, state="decided", decision=signed, clock=stopped, letter=Letter(next_at=cause.at))
    event = PermitDecided(
        **facts(case), actor=signed.by.subject, decision=signed.decision, number=signed.number, decided_at=cause.at,
        verify_code=signed.verify_code, legal_reason=signed.legal_reason or None, conditions=list(signed.conditions),
        on_time=signed.on_time,
    )  # fmt: skip
    return Step(told(after, cause, "decided", signed.by, decision=signed.decision), [event])


def letter_made(case: Application, cause: Cause, sha256: str, size: int) -> Step[Application] | None:
    """The letter is there for good; a second one changes nothing."""
    if case.letter is None or case.letter.sha256:
        return None
    made = case.letter.model_copy(update={"sha256": sha256, "size": size, "made_at": cause.at, "next_at": None})
    return Step(told(changed(case, letter=made), cause, "letter-made", Actor(level="system")))


def letter_failed(case: Application, cause: Cause) -> Step[Application] | None:
    """Not this time: tried again later, the pauses growing."""
    if case.letter is None or case.letter.sha256:
        return None
    wait = _RETRY_SECONDS[min(case.letter.attempts, len(_RETRY_SECONDS) - 1)]
    later = cause.at + timedelta(seconds=wait)
    letter = case.letter.model_copy(update={"attempts": case.letter.attempts + 1, "next_at": later})
    return Step(changed(case, letter=letter))


def wake_at(case: Application) -> datetime | None:
    """When something must happen by itself: the next warning, or the next try at the letter."""
    if case.letter is not None:
        return case.letter.next_at
    return case.clock.next.at if case.clock and case.clock.next else None


def _need_reason(refused: bool, legal_reason: str) -> None:
    if refused and not legal_reason:
        raise Reject("legal-reason", "a refusal needs its legal reason", status=422)
