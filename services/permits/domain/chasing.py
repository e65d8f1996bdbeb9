"""After a question was asked: whether its message arrived, the officer who sends it again, and what time alone does:
they are reminded, and then overdue."""

from datetime import datetime

from services.permits.domain.application import SYSTEM, Actor, Application, with_entry
from services.permits.domain.consultation import Consultation
from services.permits.domain.consulting import (
    link_of,
    list_awaited,
    list_question_facts,
    need_awaited,
    with_consultation,
)
from services.permits.domain.reaching import Outcome, is_told_by_message
from shared.events.base import Event
from shared.events.permit_life import (
    AskedAgainBecause,
    PermitConsultationOverdue,
    PermitConsulteeAskedAgain,
    PermitConsulteeTold,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

LINKS_MOST = 6  # of one question; whoever reads none of six reads no seventh: somebody of the town takes the phone


def ask_again(
    application: Application, cause: Cause, town: Town, officer: Actor, consultation: str
) -> Step[Application]:
    """Send it again, to the address that the profile has today. Its link is new: the one before may be in wrong
    hands."""
    found = need_awaited(application, consultation)
    if cause.at > found.open_until:
        raise Reject("question-over", "its time is long over: ask anew")
    if found.message == "sending":
        raise Reject("sending-already", "a message to them is on its way")
    if not is_told_by_message(town, found.consultee):
        raise Reject("not-by-message", "the profile has no address of theirs: hand the link on", status=422)
    if found.link >= LINKS_MOST:
        raise Reject("asked-too-often", f"a question is sent at most {LINKS_MOST} times", status=422)
    changes = {"message": "sending", "message_at": cause.at, "message_why": "", "link": found.link + 1}
    sent = found.model_copy(update=changes)
    after = with_consultation(application, sent)
    event = _tell_again(application, sent, "resent", officer)
    return Step(with_entry(after, cause, "consultee-asked-again", officer, consultee=sent.consultee), [event])


def note_told(application: Application, cause: Cause, outcome: Outcome) -> Step[Application] | None:
    """What became of the newest message about a question; None: nobody waits for that any more.

    Whom it did not reach is not reminded by another.
    """
    sending = (one for one in application.consultations if one.message == "sending")
    found = next((one for one in sending if one.message_at and outcome.is_of(one.id, one.message_at)), None)
    if found is None:
        return None
    failed = {"message_why": outcome.why, "remind_at": None} if outcome.end == "failed" else {}
    after = with_consultation(application, found.model_copy(update={"message": outcome.end, **failed}))
    if failed:
        after = with_entry(after, cause, "consultee-not-reached", SYSTEM, consultee=found.consultee)
    why = outcome.why or None if failed else None
    return Step(after, [PermitConsulteeTold(**list_question_facts(application, found), status=outcome.end, why=why)])


def find_next_due(application: Application) -> datetime | None:
    """When the next question should have been answered, or those who were asked are reminded of it."""
    return min((at for one in list_awaited(application) for at in _waits(one)), default=None)


def _waits(one: Consultation) -> list[datetime]:
    return [] if one.noted else [one.due_at, *([one.remind_at] if one.remind_at else [])]


def chase(application: Application, cause: Cause) -> Step[Application] | None:
    """All that has come due by then, at once; None: nothing has, as when they answered meanwhile.

    Overdue comes first: it reminds them as well, and the office hears of it.
    """
    after, events = application, list[Event]()
    for one in list_awaited(application):
        if one.noted:
            continue
        if one.due_at <= cause.at:
            after = _note_overdue(after, cause, one)
            events.append(
                PermitConsultationOverdue(
                    **list_question_facts(application, one), **link_of(one), due_at=one.due_at, question=one.question
                )
            )
        elif one.remind_at and one.remind_at <= cause.at:
            after = _note_reminded(after, cause, one)
            events.append(_tell_again(application, one, "reminder", SYSTEM))
    return Step(after, events) if events else None


def _note_overdue(application: Application, cause: Cause, one: Consultation) -> Application:
    noted = one.model_copy(update={"noted": True, "remind_at": None})
    after = with_consultation(application, noted)
    return with_entry(after, cause, "consultation-overdue", SYSTEM, consultee=one.consultee)


def _note_reminded(application: Application, cause: Cause, one: Consultation) -> Application:
    reminded = one.model_copy(update={"reminded_at": cause.at, "remind_at": None})
    after = with_consultation(application, reminded)
    return with_entry(after, cause, "consultee-reminded", SYSTEM, consultee=one.consultee)


def _tell_again(
    application: Application, one: Consultation, reason: AskedAgainBecause, actor: Actor
) -> PermitConsulteeAskedAgain:
    return PermitConsulteeAskedAgain(
        **list_question_facts(application, one),
        **link_of(one),
        actor=actor.subject,
        reason=reason,
        due_at=one.due_at,
        question=one.question,
    )
