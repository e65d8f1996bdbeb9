"""A list of work as a file for a spreadsheet: what a page's filter or a figure leads to, one line each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from services.dispatch.access import Officer, TheDesk, Worker
from services.dispatch.api.dashboard import names_of
from services.dispatch.api.tables import file_headers, head_line, line
from services.dispatch.commands import Desk
from services.dispatch.domain.place import address_of
from services.dispatch.pages.board import team_of_board
from services.dispatch.pages.cards import Card
from services.dispatch.pages.chosen import Wanted
from services.dispatch.pages.listing import list_all
from shared.kernel import now
from shared.town import Town
from shared.town.vocabulary import PAUSE_REASONS, PRIORITIES, word
from shared.web import language_of

router = APIRouter(include_in_schema=False)

COLUMNS = (
    "reference", "state", "late", "category", "category_name", "kind", "text", "team", "team_name", "person", "level",
    "level_name", "priority", "zone", "zone_name", "address", "latitude", "longitude", "received_at", "accepted_at",
    "due_at", "closed_at", "done_late", "opened_again", "waits_for", "waits_since", "resumes_at", "agency", "followers",
    "work_order",
)  # fmt: skip


@router.get("/desk/work.csv")
async def desk_file(request: Request, desk: TheDesk, _: Officer, wanted: Annotated[Wanted, Query()]) -> Response:
    """What the desk's list shows, with the same filter."""
    return await _file(request, desk, wanted)


@router.get("/crew/work.csv")
async def team_file(request: Request, desk: TheDesk, who: Worker, wanted: Annotated[Wanted, Query()]) -> Response:
    """What the list of a team's work shows; of no other team than one's own."""
    own = team_of_board(who, desk.town, wanted.team or None)
    if own is None:
        return RedirectResponse("/crew", 303)
    return await _file(request, desk, wanted.model_copy(update={"team": own}))


async def _file(request: Request, desk: Desk, wanted: Wanted) -> Response:
    at, town, language = now(), desk.town, language_of(request)
    cards = await list_all(desk, wanted, at)
    text = head_line(COLUMNS) + "".join(line(row) for row in rows(town, cards, language))
    return Response(text, headers=file_headers(f"onestop-work-{at.astimezone(town.calendar.zone):%Y-%m-%d-%H%M}"))


def rows(town: Town, cards: list[Card], language: str) -> Iterator[list[object]]:
    """Their values, in the order of `COLUMNS`; times are the town's."""
    categories, teams, zones, levels = (names_of(town, by, language) for by in ("category", "team", "zone", "level"))
    for card in cards:
        order, waiting, done = card.order, card.order.waiting, card.order.completion
        place, zone, person = order.place, town.calendar.zone, order.person
        times = (order.created_at, order.acknowledged_at, order.due_at, order.closed_at)
        yield [
            *(order.reference, order.state, card.is_late, order.category, categories.get(order.category, "")),
            *(
                order.kind,
                order.text,
                order.team,
                teams.get(order.team, ""),
                person.shown if person else "",
            ),
            *(order.level, levels.get(order.level, ""), word(PRIORITIES, order.priority, language)),
            *(order.zone, zones.get(order.zone, ""), address_of(order)),
            *((place.latitude, place.longitude) if place else ("", "")),
            *(_local(moment, zone) for moment in times),
            *(done.late if done else "", order.reopened),
            word(PAUSE_REASONS, waiting.reason, language) if waiting else "",
            *(_local(moment, zone) for moment in ((waiting.since, waiting.resume_at) if waiting else (None, None))),
            *(order.agency, order.followers, card.id),
        ]


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None
