"""A permit taken away: it holds no more from that moment, and its holder may appeal."""

from services.permits.domain.after_decision import close
from services.permits.domain.appeals import appeal_end
from services.permits.domain.application import Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.permit_life import Revocation
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import Signing, find_last_turn, with_act
from shared.events.base import Event
from shared.events.permit_life import PermitRevoked
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town


def revoke(
    application: Application, cause: Cause, rules: Rules, town: Town, signing: Signing, legal_reason: str
) -> Step[Application]:
    """Verification says so at once. Without a right to appeal nothing more is expected of it."""
    if application.standing != "in-force":
        raise Reject("wrong-state", "only a permit in force is revoked")
    if not legal_reason:
        raise Reject("legal-reason", "a revocation needs its legal reason", status=422)
    appeal = rules.permit.appeal
    until = appeal_end(town.calendar, cause.at, appeal.days) if appeal else None
    by, office = signing.by, signing.office
    gone = Revocation(at=cause.at, office=office, legal_reason=legal_reason, sub=by.sub, appeal_until=until)
    after = with_values(application, standing="revoked", revocation=gone)
    after = with_act(after, cause, signing, "revocation", legal_reason=legal_reason)
    after = with_entry(after, cause, "revoked", by, legal_reason)
    events: list[Event] = [
        PermitRevoked(
            **list_facts(application),
            actor=by.subject,
            revoked_at=cause.at,
            legal_reason=legal_reason,
            letter=find_last_turn(after),
        )
    ]
    if until is None:
        closed = close(after, cause, "revoked", "revoked")
        return Step(closed.state, [*events, *closed.events])
    return Step(after, events)
