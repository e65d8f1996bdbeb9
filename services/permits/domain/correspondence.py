"""Questions and answers about an application, the applicant's and the office's, in one thread; and whether they were
told."""

from services.permits.domain.application import Actor, Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.message import Message
from shared.events.permits import PermitMessageWritten
from shared.kernel import Cause, Reject, Step

MESSAGES_MOST = 100  # of each side, so that neither silences the other: what is open then is talked about


def write(application: Application, cause: Cause, actor: Actor, text: str) -> Step[Application]:
    """One more message: the other side is told of it. A clock stands still for a request, never for a question."""
    if application.submitted_at is None or application.state == "withdrawn" or application.forgotten_at:
        raise Reject("wrong-state", "messages are written about an application that is with the office")
    if not text.strip():
        raise Reject("empty-message", "write something", status=422)
    by_applicant = actor.level == "applicant"
    message = Message(by="applicant" if by_applicant else "staff", name=actor.name, text=text, at=cause.at)
    if sum(one.by == message.by for one in application.messages) >= MESSAGES_MOST:
        raise Reject("too-many-messages", f"{MESSAGES_MOST} messages were written; call each other", status=422)
    told = PermitMessageWritten(
        **list_facts(application),
        actor=actor.subject,
        by=message.by,
        text=text,
        follows_up=by_applicant and application.unanswered_since is not None,
    )
    after = with_values(
        application,
        messages=(*application.messages, message),
        unanswered_since=(application.unanswered_since or cause.at) if by_applicant else None,
    )
    return Step(after, [told])


def note_notice(
    application: Application, cause: Cause, outcome: str, channels: str, reason: str, about: str
) -> Step[Application]:
    """A quiet line: the applicant was told of something, or could not be, and why."""
    params = {"channels": channels, "about": about, **({"reason": reason} if reason else {})}
    return Step(with_entry(application, cause, f"notice-{outcome}", Actor(level="system"), **params))
