"""Asking the neighbours of a plot whether they consent: by letter, for of most the office knows the house alone.

What they say is read by those who decide, beside what sections and agencies say; the clock runs on meanwhile.
"""

from collections.abc import Collection
from dataclasses import dataclass

from services.permits.domain.application import Actor, Application, with_entry, with_values
from services.permits.domain.consulting import is_judged, waits_for_others
from services.permits.domain.facts import facts
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.permit_type import FormField, PermitType
from shared.events.permit_life import NeighbourView, PermitNeighbourAnswered, PermitNeighbourAsked
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town
from shared.words.fold import folded

NEIGHBOURS_MOST = 30  # of one application
# The mass of a building and what it is for, as numbers and choices say it. What is written in words may name somebody.
_SHOWN: Collection[str] = ("integer", "decimal", "choice", "yesno")


@dataclass(frozen=True)
class Asked:
    """Which house or plot, whom the letter greets there, and for how many working days."""

    place: str
    name: str
    days: int


@dataclass(frozen=True)
class Word:
    """What a neighbour says; `by` is the name that they gave."""

    view: NeighbourView
    text: str
    by: str


def ask(application: Application, cause: Cause, town: Town, officer: Actor, asked: Asked) -> Step[Application]:
    """The letter is printed from what this keeps; nothing is mailed, so nobody's address can be tried."""
    if not is_judged(application):
        raise Reject("wrong-state", "neighbours are asked while an application is judged")
    if len(application.neighbours) >= NEIGHBOURS_MOST:
        raise Reject("too-many-neighbours", f"at most {NEIGHBOURS_MOST} neighbours are asked", status=422)
    if any(_same(one.place) == _same(asked.place) for one in application.neighbours):
        raise Reject("asked-there-already", "this house or plot was asked already: print its letter again", status=422)
    due_at = town.calendar.add_working_days(cause.at, asked.days)
    one = Neighbour(id=cause.id, place=asked.place, name=asked.name, asked_at=cause.at, due_at=due_at)
    after = with_values(application, neighbours=(*application.neighbours, one))
    event = PermitNeighbourAsked(**facts(application), actor=officer.subject, neighbour=one.id, due_at=due_at)
    return Step(with_entry(after, cause, "neighbour-asked", officer), [event])


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
    answered = found.model_copy(update=changes)
    after = with_values(
        application, neighbours=tuple(answered if one.id == found.id else one for one in application.neighbours)
    )
    event = PermitNeighbourAnswered(
        **facts(application), actor=actor.subject, neighbour=found.id, view=word.view, answer=word.text or None
    )
    # A line that whoever applies reads too: that somebody has answered, not who.
    return Step(with_entry(after, cause, "neighbour-answered", Actor(sub=actor.sub, level=actor.level)), [event])


def find(application: Application, neighbour: str) -> Neighbour | None:
    """The neighbour of that id."""
    return next((one for one in application.neighbours if one.id == neighbour), None)


def waits(application: Application, one: Neighbour) -> bool:
    """Whether somebody waits for their word."""
    return one.view is None and waits_for_others(application)


def shown_to_neighbours(permit: PermitType) -> tuple[FormField, ...]:
    """What of the form a neighbour may see: the use and the mass of what is to be built, and nothing of a person."""
    return tuple(one for one in permit.fields if one.in_letter and not one.personal and one.type in _SHOWN)


def _same(place: str) -> str:
    return "".join(folded(place).split())
