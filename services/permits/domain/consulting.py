"""Asking others about an application while it is judged: a section of the town, or an agency outside it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.permits.domain.application import SYSTEM, WITH_THE_OFFICE, Actor, Application, with_entry, with_values
from services.permits.domain.consultation import Consultation
from services.permits.domain.facts import facts
from shared.events.base import Event
from shared.events.permit_life import (
    ConsulteeView,
    PermitConsultationAnswered,
    PermitConsultationOverdue,
    PermitConsulted,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

CONSULTATIONS_MOST = 20  # of one application
OPEN_FOR = timedelta(days=30)  # after its due time a late word is still worth having


@dataclass(frozen=True)
class Question:
    """What is asked, of whom, with which documents, and for how many working days."""

    consultee: str
    text: str
    documents: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class Answer:
    """What they think; `by` is the name that they gave."""

    view: ConsulteeView
    text: str
    by: str


def consultees(town: Town) -> Collection[str]:
    """Who can be asked: codes of the profile."""
    return (*town.teams, *town.agencies)


def is_judged(application: Application) -> bool:
    """It has been handed in, and nobody has decided."""
    return application.state in ("submitted", "accepted", "examined")


def waits_for_others(application: Application) -> bool:
    """Their word still counts, also while the applicant is asked for something else."""
    return application.state in WITH_THE_OFFICE


def ask(application: Application, cause: Cause, town: Town, officer: Actor, question: Question) -> Step[Application]:
    """The clock runs on: what others take is the office's own time."""
    if not is_judged(application):
        raise Reject("wrong-state", "others are asked while an application is judged")
    if question.consultee not in consultees(town):
        raise Reject("unknown-consultee", f"the profile knows no team or agency {question.consultee!r}", status=422)
    if missing := [code for code in question.documents if application.latest(code) is None]:
        raise Reject("unknown-requirement", f"not handed in: {', '.join(missing)}", status=422)
    if len(application.consultations) >= CONSULTATIONS_MOST:
        raise Reject("too-many-consultations", f"at most {CONSULTATIONS_MOST} questions are asked", status=422)
    asked = Consultation(
        id=cause.id,
        consultee=question.consultee,
        question=question.text,
        documents=question.documents,
        asked_at=cause.at,
        due_at=town.calendar.add_working_days(cause.at, question.days),
    )
    after = with_values(application, consultations=(*application.consultations, asked))
    event = PermitConsulted(
        **facts(application),
        actor=officer.subject,
        consultee=asked.consultee,
        due_at=asked.due_at,
        question=asked.question,
    )
    return Step(with_entry(after, cause, "consulted", officer, consultee=asked.consultee), [event])


def answer(application: Application, cause: Cause, actor: Actor, consultation: str, given: Answer) -> Step[Application]:
    """Once, while it is judged; whoever objects or makes conditions says why."""
    found = find(application, consultation)
    if found is None:
        raise Reject("unknown-consultation", "there is no such question", status=404)
    if found.view is not None or not waits_for_others(application):
        raise Reject("answered-already", "this question is answered already, or nobody waits for it any more")
    if given.view != "no-objection" and not given.text:
        raise Reject("answer-reason", "say which conditions, or why not", status=422)
    changes = {"view": given.view, "answer": given.text, "answered_by": given.by, "answered_at": cause.at}
    answered = found.model_copy(update=changes)
    after = with_values(application, consultations=_with(application.consultations, answered))
    event = PermitConsultationAnswered(
        **facts(application), actor=actor.subject, consultee=found.consultee, view=given.view, answer=given.text or None
    )
    return Step(with_entry(after, cause, "consultation-answered", actor, consultee=found.consultee), [event])


def find(application: Application, consultation: str) -> Consultation | None:
    """The question of that id."""
    return next((one for one in application.consultations if one.id == consultation), None)


def awaited(application: Application) -> Sequence[Consultation]:
    """Those that nobody has answered, while somebody waits for it."""
    return [one for one in application.consultations if one.view is None] if waits_for_others(application) else ()


def next_due(application: Application) -> datetime | None:
    """When the next question should have been answered."""
    return min((one.due_at for one in awaited(application) if not one.noted), default=None)


def note_overdue(application: Application, cause: Cause) -> Step[Application] | None:
    """The office hears of every question whose time is over without an answer, all at once."""
    due = [one for one in awaited(application) if not one.noted and one.due_at <= cause.at]
    after, events = application, list[Event]()
    for one in due:
        noted = one.model_copy(update={"noted": True})
        after = with_values(after, consultations=_with(after.consultations, noted))
        after = with_entry(after, cause, "consultation-overdue", SYSTEM, consultee=one.consultee)
        events.append(PermitConsultationOverdue(**facts(application), consultee=one.consultee, due_at=one.due_at))
    return Step(after, events) if due else None


def _with(all_of_them: tuple[Consultation, ...], changed: Consultation) -> tuple[Consultation, ...]:
    return tuple(changed if one.id == changed.id else one for one in all_of_them)
