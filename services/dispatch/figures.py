"""What a period's figures are asked of the database with; only `figures_store.py` sends it there."""

import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.dispatch.domain.period import Period
from services.dispatch.domain.spans import RATIO
from services.dispatch.domain.states import STATES

Pipeline = list[dict[str, Any]]
Teams = tuple[str, ...]  # whose work; empty: everybody's

GROUPS = ("team", "category", "zone", "level")  # the level: which had it last
FINISHED = tuple(state for state, traits in STATES.items() if traits.progress == 4)
_MINUTE_MS = 60_000


def count_received(period: Period, zone: ZoneInfo, teams: Teams) -> Pipeline:
    """What began in the period: by step, and by each of `GROUPS`; `again`: it was reported as not settled."""
    again = {"$cond": [{"$gt": ["$state.reopened", 0]}, 1, 0]}
    shown = {**_groups(), "step": _step(period, zone, "$state.created_at"), "again": again}
    sums = {"received": {"$sum": 1}, "again": {"$sum": "$again"}}
    by = {name: [{"$group": {"_id": f"${name}", **sums}}] for name in ("step", *GROUPS)}
    return [_within(period, zone, "created_at", teams), {"$project": {"_id": 0, **shown}}, {"$facet": by}]


def count_finished(period: Period, zone: ZoneInfo, teams: Teams) -> Pipeline:
    """What was done in the period: by step, and by each of `GROUPS` with the classes of how long it took."""
    promised = {"$cond": [{"$gt": ["$state.clocks.resolve.due_at", None]}, 1, 0]}
    kept = {"$cond": [{"$and": [promised, {"$not": "$state.completion.late"}]}, 1, 0]}
    shown = {
        **_groups(),
        "step": _step(period, zone, "$state.closed_at"),
        "promised": promised,
        "kept": kept,
        "stars": "$state.stars",
        "repair": class_between("$state.created_at", "$state.closed_at"),
        "accept": class_between("$state.created_at", "$state.acknowledged_at"),
    }
    sums = {
        "done": {"$sum": 1},
        "promised": {"$sum": "$promised"},
        "kept": {"$sum": "$kept"},
        "rated": {"$sum": {"$cond": [{"$gt": ["$stars", None]}, 1, 0]}},
        "stars": {"$sum": "$stars"},
    }
    by = {"step": [{"$group": {"_id": "$step", **sums}}]}
    for name in GROUPS:
        by[name] = [{"$group": {"_id": {"group": f"${name}", "class": "$repair"}, **sums}}]
        by[f"{name}-accept"] = [
            {"$match": {"accept": {"$ne": None}}},
            {"$group": {"_id": {"group": f"${name}", "class": "$accept"}, "done": {"$sum": 1}}},
        ]
    match = _within(period, zone, "closed_at", teams)
    match["$match"]["state.state"] = {"$in": list(FINISHED)}
    return [match, {"$project": {"_id": 0, **shown}}, {"$facet": by}]


def _within(period: Period, zone: ZoneInfo, field: str, teams: Teams) -> dict[str, Any]:
    """Shares of split work are left out: what a resident was promised is the whole."""
    wanted: dict[str, Any] = {f"state.{field}": {"$gte": period.begin(zone), "$lt": period.end(zone)}}
    wanted["state.parent"] = None
    return {"$match": wanted | ({"state.team": {"$in": list(teams)}} if teams else {})}


def _groups() -> dict[str, str]:
    return {name: f"$state.{name}" for name in GROUPS}


def _step(period: Period, zone: ZoneInfo, field: str) -> dict[str, Any]:
    """The day on which the step begins that holds the moment."""
    where = {"unit": period.unit, "timezone": zone.key, "startOfWeek": "monday"}
    begins = {"$dateTrunc": {"date": field, **where}}
    return {"$dateToString": {"date": begins, "format": "%Y-%m-%d", "timezone": zone.key}}


def class_between(since: str, until: str | datetime) -> dict[str, Any]:
    """As `spans.class_of`, of the minutes from one moment to another; null where there is no such other."""
    minutes = {"$max": [0, {"$divide": [{"$subtract": [until, since]}, _MINUTE_MS]}]}
    number = {"$floor": {"$divide": [{"$ln": {"$add": [minutes, 1]}}, math.log(RATIO)]}}
    return {"$cond": [{"$gt": [until, None]}, {"$toInt": number}, None]}
