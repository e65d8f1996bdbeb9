"""A report that might come, as somebody asks the routing rules about it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts
from services.dispatch.routing_facts import add_earlier
from shared.events.reports import Channel, ReportKind
from shared.kernel import now
from shared.times import Time


class Question(BaseModel):
    """A report that might come; answers to the category's questions are given as `answer.<code>=…`."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(max_length=4000)] = ""
    category: str = "other"
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    at: Time | None = None
    channel: Channel = "web"
    kind: ReportKind = "problem"


async def facts_of_question(desk: Desk, question: Question, answers: Mapping[str, str]) -> Facts:
    """As they would be if the report came at that moment."""
    at, town = question.at or now(), desk.town
    placed = question.lat is not None and question.lon is not None
    zone = town.zone_of(question.lat or 0, question.lon or 0) if placed else None
    facts = Facts(
        category=question.category,
        at=at,
        working=town.calendar.is_working(at),
        text=question.text,
        zone=zone.code if zone else None,
        outside_town=placed and not town.bounds.holds(question.lat or 0, question.lon or 0),
        latitude=question.lat if placed else None,
        longitude=question.lon if placed else None,
        channel=question.channel,
        kind=question.kind,
        answers=answers,
    )
    return await add_earlier(desk, facts)
