"""Asking others about an application while it is judged: a section of the town, or an agency outside it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from services.permits.domain.application import WITH_THE_OFFICE, Actor, Application, with_entry, with_values
from services.permits.domain.consultation import Consultation
from services.permits.domain.due_time import need_in_time
from services.permits.domain.facts import Facts, list_facts
from services.permits.domain.reaching import is_told_by_message, reminder_at
from shared.events.permit_life import ConsulteeView, PermitConsultationAnswered, PermitConsulted
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

CONSULTATIONS_MOST = 20  # of one application


@dataclass(frozen=True)
class Question:
    """What is asked, of whom, with which documents, and for how many working days."""

    consultee: str
    text: str
    documents: tuple[str, ...]
    days: int
    beyond_due: bool = False  # whoever asks knows that the decision is due before their time is over


@dataclass(frozen=True)
class Answer:
    """What they think; `by` is the name that they gave."""

    view: ConsulteeView
    text: str
    by: str


class About(Facts):
    """What every event about somebody who is asked says."""

    consultee: str
    agency: str | None
    consultation: str


class Link(TypedDict):
    """The link that a message to them brings."""

    link_number: int
    link_until: datetime


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
    """The clock runs on: what others take is the office's own time. Who can be written to is; to others the officer
    hands the link on."""
    if not is_judged(application):
        raise Reject("wrong-state", "others are asked while an application is judged")
    if question.consultee not in consultees(town):
        raise Reject("unknown-consultee", f"the profile knows no team or agency {question.consultee!r}", status=422)
    if missing := [code for code in question.documents if application.latest(code) is None]:
        raise Reject("unknown-requirement", f"not handed in: {', '.join(missing)}", status=422)
    if len(application.consultations) >= CONSULTATIONS_MOST:
        raise Reject("too-many-consultations", f"at most {CONSULTATIONS_MOST} questions are asked", status=422)
    due_at = town.calendar.add_working_days(cause.at, question.days)
    beyond = need_in_time(application, due_at, beyond_due=question.beyond_due)
    written = is_told_by_message(town, question.consultee)
    asked = Consultation(
        id=cause.id,
        consultee=question.consultee,
        outside=question.consultee not in town.teams,
        question=question.text,
        documents=question.documents,
        asked_at=cause.at,
        due_at=due_at,
        message="sending" if written else None,
        message_at=cause.at if written else None,
        link=1,
        remind_at=reminder_at(town, cause.at, question.days) if written else None,
    )
    after = with_values(application, consultations=(*application.consultations, asked))
    event = PermitConsulted(
        **list_question_facts(application, asked),
        **link_of(asked),
        actor=officer.subject,
        due_at=asked.due_at,
        question=asked.question,
    )
    return Step(with_entry(after, cause, "consulted", officer, consultee=asked.consultee, **beyond), [event])


def answer(application: Application, cause: Cause, actor: Actor, consultation: str, given: Answer) -> Step[Application]:
    """Once, while it is judged; whoever objects or makes conditions says why."""
    found = need_awaited(application, consultation)
    if given.view != "no-objection" and not given.text:
        raise Reject("answer-reason", "say which conditions, or why not", status=422)
    changes = {"view": given.view, "answer": given.text, "answered_by": given.by, "answered_at": cause.at}
    event = PermitConsultationAnswered(
        **list_question_facts(application, found), actor=actor.subject, view=given.view, answer=given.text or None
    )
    after = with_consultation(application, found.model_copy(update=changes))
    return Step(with_entry(after, cause, "consultation-answered", actor, consultee=found.consultee), [event])


def find(application: Application, consultation: str) -> Consultation | None:
    """The question to an office or agency that has this id; None where there is none."""
    return next((one for one in application.consultations if one.id == consultation), None)


def need_awaited(application: Application, consultation: str) -> Consultation:
    """The question of that id, to which somebody waits for an answer."""
    found = find(application, consultation)
    if found is None:
        raise Reject("unknown-consultation", "there is no such question", status=404)
    if found.view is not None or not waits_for_others(application):
        raise Reject("answered-already", "this question is answered already, or nobody waits for it any more")
    return found


def list_awaited(application: Application) -> Sequence[Consultation]:
    """Those that nobody has answered, while somebody waits for it."""
    return [one for one in application.consultations if one.view is None] if waits_for_others(application) else ()


def list_question_facts(application: Application, one: Consultation) -> About:
    """The fields that every event about this question carries."""
    agency = one.consultee if one.outside else None
    return {**list_facts(application), "consultee": one.consultee, "agency": agency, "consultation": one.id}


def link_of(one: Consultation) -> Link:
    """The link that a message about this question brings."""
    return {"link_number": one.link, "link_until": one.open_until}


def with_consultation(application: Application, changed: Consultation) -> Application:
    """The application with this question in place of what it was."""
    kept = tuple(changed if one.id == changed.id else one for one in application.consultations)
    return with_values(application, consultations=kept)
