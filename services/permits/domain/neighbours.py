"""Asking the neighbours of a plot whether they consent: by letter, for of most the office knows the house alone; by
mail as well where somebody gave an address.

What they say is read by those who decide, beside what sections and agencies say; the clock runs on meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.permits.domain.application import SYSTEM, Actor, Application, with_entry, with_values
from services.permits.domain.consulting import is_judged, waits_for_others
from services.permits.domain.due_time import need_in_time
from services.permits.domain.facts import list_facts
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.permit_type import FormField, PermitType
from services.permits.domain.reaching import Outcome, is_told_by_mail, reminder_at
from shared.events.contacts import ContactRecorded
from shared.events.neighbours import (
    NeighbourView,
    PermitNeighbourAnswered,
    PermitNeighbourAsked,
    PermitNeighbourReminded,
    party_of,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town
from shared.words.fold import fold_text

NEIGHBOURS_MOST = 30  # of one application
# The mass of a building and what it is for, as numbers and choices say it. What is written in words may name somebody.
_SHOWN: Collection[str] = ("integer", "decimal", "choice", "yesno")


@dataclass(frozen=True)
class Asked:
    """Which house or plot, whom the letter greets there, for how many working days, where mail reaches them, and which
    plot of the plan is theirs."""

    place: str
    name: str
    days: int
    email: str | None = None
    deed_number: str = ""
    beyond_due: bool = False  # whoever asks knows that the decision is due before their time is over


@dataclass(frozen=True)
class Word:
    """What a neighbour says; `by` is the name that they gave."""

    view: NeighbourView
    text: str
    by: str


def ask(application: Application, cause: Cause, town: Town, officer: Actor, asked: Asked) -> Step[Application]:
    """The letter is printed from what this keeps. Where an address is given, notify mails its words and its code."""
    if not is_judged(application):
        raise Reject("wrong-state", "neighbours are asked while an application is judged")
    if len(application.neighbours) >= NEIGHBOURS_MOST:
        raise Reject("too-many-neighbours", f"at most {NEIGHBOURS_MOST} neighbours are asked", status=422)
    if any(_fold_name(one.place) == _fold_name(asked.place) for one in application.neighbours):
        raise Reject("asked-there-already", "this house or plot was asked already: print its letter again", status=422)
    if asked.email and not is_told_by_mail(town):
        raise Reject("not-by-mail", "the profile sends no mail to neighbours: print the letter", status=422)
    if asked.deed_number and town.ground.parcel_of(asked.deed_number) is None:
        raise Reject("unknown-plot", "the plan has no plot of that deed: leave it out", status=422)
    due_at = town.calendar.add_working_days(cause.at, asked.days)
    beyond = need_in_time(application, due_at, beyond_due=asked.beyond_due)
    one = Neighbour(
        id=cause.id,
        place=asked.place,
        deed_number=asked.deed_number,
        name=asked.name,
        asked_at=cause.at,
        due_at=due_at,
    )
    if asked.email:
        remind_at = reminder_at(town, cause.at, asked.days)
        one = one.model_copy(update={"email": asked.email, "mail": "sending", "remind_at": remind_at})
    after = with_values(application, neighbours=(*application.neighbours, one))
    event = PermitNeighbourAsked(**_list_event_fields(application, one), actor=officer.subject)
    return Step(with_entry(after, cause, "neighbour-asked", officer, **beyond), [event], _contact_of(application, one))


def find_next_reminder(application: Application) -> datetime | None:
    """When the next neighbour who has not answered is reminded; None where nobody is."""
    waiting = (one.remind_at for one in application.neighbours if waits(application, one))
    return min((at for at in waiting if at), default=None)


def remind(application: Application, cause: Cause) -> Step[Application] | None:
    """Each of them once, by mail, while there is time to answer."""
    due = [one for one in application.neighbours if waits(application, one) and one.remind_at]
    due = [one for one in due if one.remind_at and one.remind_at <= cause.at]
    if not due:
        return None
    after, in_time = application, [one for one in due if cause.at < one.due_at]
    for one in due:
        after = _with(after, one, remind_at=None)
    for _ in in_time:
        after = with_entry(after, cause, "neighbour-reminded", SYSTEM)
    return Step(after, [PermitNeighbourReminded(**_list_event_fields(application, one)) for one in in_time])


def note_mailed(application: Application, _: Cause, outcome: Outcome) -> Step[Application] | None:
    """What became of the mail that asked one of them. Whom it did not reach is not reminded by another: the page says
    that the letter must be brought."""
    sending = (one for one in application.neighbours if one.mail == "sending")
    found = next((one for one in sending if outcome.is_of(one.id, one.asked_at)), None)
    if found is None:
        return None
    failed = {"remind_at": None} if outcome.end == "failed" else {}
    return Step(_with(application, found, mail=outcome.end, **failed))


def _list_event_fields(application: Application, one: Neighbour) -> dict[str, Any]:
    party = party_of(one.id) if one.email else None
    plot = application.parcel.deed_number if application.parcel else None
    where = {"address": application.location.address, "deed_number": plot}
    return {**list_facts(application), **where, "neighbour": one.id, "due_at": one.due_at, "party": party}


def _contact_of(application: Application, one: Neighbour) -> Sequence[ContactRecorded]:
    """For notify alone, and forgotten with the applicant's data."""
    if not one.email:
        return ()
    return (ContactRecorded(case_id=application.id, party=party_of(one.id), email=one.email),)


def _with(application: Application, one: Neighbour, **changes: object) -> Application:
    changed = one.model_copy(update=changes)
    return with_values(
        application, neighbours=tuple(changed if each.id == one.id else each for each in application.neighbours)
    )


def answer(application: Application, cause: Cause, actor: Actor, neighbour: str, word: Word) -> Step[Application]:
    """Once, while it is judged; whoever objects says why."""
    found = find(application, neighbour)
    if found is None:
        raise Reject("unknown-neighbour", "no such neighbour was asked", status=404)
    if not waits(application, found):
        raise Reject("answered-already", "this neighbour has answered already, or nobody waits for it any more")
    if word.view == "objects" and not word.text:
        raise Reject("objection-reason", "say why you object", status=422)
    changes = {"view": word.view, "answer": word.text, "answered_by": word.by, "answered_at": cause.at}
    after = _with(application, found, **changes)
    event = PermitNeighbourAnswered(
        **list_facts(application), actor=actor.subject, neighbour=found.id, view=word.view, answer=word.text or None
    )
    # A line that whoever applies reads too: that somebody has answered, not who.
    return Step(with_entry(after, cause, "neighbour-answered", Actor(sub=actor.sub, level=actor.level)), [event])


def find(application: Application, neighbour: str) -> Neighbour | None:
    """The neighbour of that id."""
    return next((one for one in application.neighbours if one.id == neighbour), None)


def waits(application: Application, one: Neighbour) -> bool:
    """Whether this neighbour's word is still waited for, and the application can use it."""
    return one.view is None and waits_for_others(application)


def select_for_neighbours(permit: PermitType) -> tuple[FormField, ...]:
    """What of the form a neighbour may see: the use and the mass of what is to be built, and nothing of a person."""
    return tuple(one for one in permit.fields if one.in_letter and not one.personal and one.type in _SHOWN)


def _fold_name(place: str) -> str:
    return "".join(fold_text(place).split())
