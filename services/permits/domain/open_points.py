"""What stands open or against an application: told to whoever proposes and whoever signs, and signed as seen.

What others object to, who has not answered, a visit that nobody has made, a document that was found wrong. Each has a
name of its own, so that who signs is held to what they were shown: what came since is not among it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.permits.domain import consulting, findings, neighbours
from services.permits.domain.application import Application
from services.permits.domain.permit_type import PermitType
from shared.kernel import Reject

PointKind = Literal["objection", "conditions", "unanswered", "visit", "defects", "found-wrong", "unjudged"]


@dataclass(frozen=True)
class OpenPoint:
    """One of them: of which question, visit or document, whose, since or until when, and in their words."""

    kind: PointKind
    about: str
    at: datetime | None = None
    words: str = ""
    consultee: str = ""
    place: str = ""  # of a neighbour

    @property
    def name(self) -> str:
        """By which it is told from any other, and from what it was before somebody answered."""
        return f"{self.kind}:{self.about}"

    @property
    def weighs(self) -> bool:
        """Nobody signs over it without a tick. Whoever accepted documents that nobody had judged was asked then."""
        return self.kind != "unjudged"


def open_points(application: Application, permit: PermitType) -> list[OpenPoint]:
    """All of them, what weighs most first; none once it is decided."""
    if application.decision is not None:
        return []
    return [
        *_list_of_neighbours(application),
        *_list_of_consultees(application),
        *_list_of_visits(application),
        *(
            OpenPoint("found-wrong", code, words=findings.list_current(application)[code].note)
            for code in findings.to_replace(application)
        ),
        *(OpenPoint("unjudged", code) for code in findings.list_unjudged(application, permit)),
    ]


def _list_of_neighbours(application: Application) -> Iterator[OpenPoint]:
    for one in application.neighbours:
        if one.view == "objects":
            yield OpenPoint("objection", one.id, one.answered_at, one.answer, place=one.place)
        elif neighbours.waits(application, one):
            yield OpenPoint("unanswered", one.id, one.due_at, place=one.place)


def _list_of_consultees(application: Application) -> Iterator[OpenPoint]:
    for one in application.consultations:
        if one.view in ("objection", "conditions"):
            kind: PointKind = "objection" if one.view == "objection" else "conditions"
            yield OpenPoint(kind, one.id, one.answered_at, one.answer, one.consultee)
    for one in consulting.list_awaited(application):
        yield OpenPoint("unanswered", one.id, one.due_at, one.question, one.consultee)


def _list_of_visits(application: Application) -> Iterator[OpenPoint]:
    """Those that nobody has reported; and what the last one found, unless all was in order."""
    reported = [one for one in application.inspections if one.reported_at is not None]
    last = max(reported, key=lambda one: one.reported_at or one.at, default=None)
    if last is not None and last.result != "in-order":
        yield OpenPoint("defects" if last.result == "defects" else "visit", last.id, last.at, last.note)
    for one in application.inspections:
        if one.booked:
            yield OpenPoint("visit", one.id, one.at)


def need_seen(application: Application, permit: PermitType, seen: Collection[str]) -> None:
    """Reject unless whoever signs was shown all that weighs."""
    unseen = [one.name for one in open_points(application, permit) if one.weighs and one.name not in seen]
    if unseen:
        raise Reject("open-points", f"read what stands open or against it, and name it in `seen`: {', '.join(unseen)}")


def select_seen(application: Application, permit: PermitType, seen: Collection[str]) -> tuple[str, ...]:
    """Of what somebody says that they have seen, what there is: it is kept with the decision."""
    return tuple(one.name for one in open_points(application, permit) if one.name in seen)
