"""Appeals against a refusal or a revocation: made in time, answered by the committee, or the order becomes final.

refused:  appeal-open ──appeal──▶ appealed ──dismissed──▶ final (closed), ──granted──▶ set-aside (closed)
revoked:  revoked ──appeal──▶ revoked ──dismissed──▶ revoked (closed), ──granted──▶ in-force
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from services.permits.domain.after_decision import close
from services.permits.domain.application import Actor, Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.letters import ActKind
from services.permits.domain.permit_life import MadeAppeal
from services.permits.domain.signed_acts import Signing, find_last_turn, with_act
from shared.calendar import WorkingCalendar
from shared.events.permit_life import AppealAgainst, AppealOutcome, PermitAppealAnswered, PermitAppealed
from shared.kernel import Cause, Reject, Step


def appeal_end(calendar: WorkingCalendar, told_at: datetime, days: int) -> datetime:
    """The midnight with which the right to appeal ends.

    The day of the order does not count, and a last day on which the office is closed moves to the next on which it is
    open (Civil and Commercial Code, sections 193/3 and 193/8).
    """
    last = told_at.astimezone(calendar.zone).date() + timedelta(days=days)
    return datetime.combine(calendar.open_day(last) + timedelta(days=1), time.min, calendar.zone)


def appeal_until(application: Application) -> datetime | None:
    """Until when somebody may appeal now; None: there is nothing to appeal against, or somebody did."""
    decision, revocation, made = application.decision, application.revocation, application.appeal
    if application.closed_at is not None or (made and made.outcome is None):
        return None
    if application.standing == "appeal-open" and decision:
        return decision.appeal_until
    return revocation.appeal_until if application.standing == "revoked" and revocation else None


def make_appeal(application: Application, cause: Cause, actor: Actor, reason: str) -> Step[Application]:
    """Against the order that stands; a revoked permit stays revoked meanwhile."""
    until = appeal_until(application)
    if until is None or until <= cause.at:
        raise Reject("wrong-state", "there is no order that can be appealed against any more")
    against: AppealAgainst = "revocation" if application.standing == "revoked" else "refusal"
    after = with_values(application, appeal=MadeAppeal(against=against, note=reason, at=cause.at))
    if against == "refusal":
        after = with_values(after, standing="appealed")
    event = PermitAppealed(**list_facts(application), actor=actor.subject, against=against, reason=reason)
    return Step(with_entry(after, cause, "appealed", actor, reason, against=against), [event])


def find_orderers(application: Application) -> Collection[str]:
    """Who proposed or signed the order that somebody appeals against: they have spoken already."""
    made, revocation, decision, proposal = (
        application.appeal,
        application.revocation,
        application.decision,
        application.proposal,
    )
    if made is not None and made.against == "revocation":
        return {revocation.sub} if revocation else set()
    return {one.by.sub for one in (decision, proposal) if one is not None}


def answer_appeal(
    application: Application, cause: Cause, signing: Signing, outcome: AppealOutcome, reason: str
) -> Step[Application]:
    """What the committee has decided, signed by somebody who had no part in the order: it may undo one that was signed.
    Whoever wins against a refusal applies no second time: the office goes on."""
    made = application.appeal
    if made is None or made.outcome is not None or application.closed_at is not None:
        raise Reject("wrong-state", "nobody has appealed, or it is answered already")
    if signing.by.sub in find_orderers(application):
        raise Reject("own-order", "who proposed or signed an order answers no appeal against it", status=403)
    if not reason:
        raise Reject("appeal-grounds", "give the committee's grounds, or the number of its decision", status=422)
    answered = made.model_copy(update={"outcome": outcome, "answered_at": cause.at, "office": signing.office})
    kind: ActKind = "appeal-granted" if outcome == "granted" else "appeal-dismissed"
    after = with_values(application, appeal=answered)
    after = with_act(after, cause, signing, kind, legal_reason=reason, against=made.against)
    after = with_entry(after, cause, kind, signing.by, reason, against=made.against)
    event = PermitAppealAnswered(
        **list_facts(application),
        actor=signing.by.subject,
        against=made.against,
        outcome=outcome,
        reason=reason,
        letter=find_last_turn(after),
    )
    if made.against == "revocation" and outcome == "granted":
        return Step(with_values(after, standing="in-force", revocation=None), [event])
    closed = _close(after, cause, outcome)
    return Step(closed.state, [event, *closed.events])


def end_appeal(application: Application, cause: Cause) -> Step[Application] | None:
    """Nobody appealed in time, so the order stands for good; None while there still is time, or nothing to appeal
    against."""
    until = appeal_until(application)
    return _close(application, cause, "dismissed") if until is not None and until <= cause.at else None


def _close(application: Application, cause: Cause, outcome: AppealOutcome) -> Step[Application]:
    if application.standing == "revoked":
        return close(application, cause, "revoked", "revoked")
    if outcome == "granted":
        return close(application, cause, "set-aside", "set-aside")
    return close(application, cause, "final", "refused")
