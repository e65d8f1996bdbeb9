"""The dry run of routing: where a report would go, and for each rule why it does or does not match. Changes nothing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.api.context import Officer, TheStore, TheTown
from services.dispatch.bodies import Moment
from services.dispatch.domain.routing import Facts, Routed, Tried, explain, route
from services.dispatch.routing_facts import with_earlier
from services.dispatch.store import Store
from shared.events import Channel, ReportKind
from shared.kernel import now
from shared.town import Town

router = APIRouter(prefix="/api/v1/routing", tags=["routing"])


class Question(BaseModel):
    """A report that might come; answers to the category's questions are given as `answer.<code>=…`."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(max_length=4000)] = ""
    category: str = "other"
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    at: Moment | None = None
    channel: Channel = "web"
    kind: ReportKind = "problem"


class DryRun(BaseModel):
    """`facts` is what the rules saw, `rules` every rule in its order."""

    facts: dict[str, Any]
    routed: Routed
    rules: list[Tried]


@router.get("/dry-run")
async def dry_run(request: Request, store: TheStore, town: TheTown, _: Officer,
                  question: Annotated[Question, Query()]) -> DryRun:  # fmt: skip
    """Which rule would decide, and why."""
    given = request.query_params.items()
    answers = {key.removeprefix("answer."): value for key, value in given if key.startswith("answer.")}
    facts = await facts_of_question(town, store, question, answers)
    return DryRun(facts=_shown(facts), routed=route(town, facts), rules=explain(town, facts))


async def facts_of_question(town: Town, store: Store, question: Question, answers: dict[str, str]) -> Facts:
    """As they would be if the report came at that moment."""
    at = question.at or now()
    placed = question.lat is not None and question.lon is not None
    zone = town.zone_of(question.lat or 0, question.lon or 0) if placed else None
    facts = Facts(
        category=question.category, at=at, working=town.calendar.is_working(at), text=question.text,
        zone=zone.code if zone else None,
        outside_town=placed and not town.bounds.holds(question.lat or 0, question.lon or 0),
        latitude=question.lat if placed else None, longitude=question.lon if placed else None,
        channel=question.channel, kind=question.kind, answers=answers,
    )  # fmt: skip
    return await with_earlier(town, store, facts)


def _shown(facts: Facts) -> dict[str, Any]:
    return {
        "category": facts.category, "at": facts.at, "working_hours": facts.working, "zone": facts.zone,
        "outside_town": facts.outside_town, "channel": facts.channel, "kind": facts.kind, "answers": facts.answers,
        "earlier_reports": len(facts.earlier),
    }  # fmt: skip
