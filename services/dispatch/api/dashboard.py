"""Figures for those who are responsible: what is open and late, by team and by level, and what was done in time."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from services.dispatch.access import Officer
from services.dispatch.api.context import TheDesk
from services.dispatch.store import Store
from shared.kernel import now

router = APIRouter(prefix="/api/v1/dashboard", tags=["dashboard"])

DAYS = 30


class Row(BaseModel):
    """One team or level."""

    group: str
    open: int
    late: int
    unacknowledged: int


class Dashboard(BaseModel):
    """`done` and `in_time` count the last `days`."""

    open: int
    late: int
    unacknowledged: int
    done: int
    in_time: int
    days: int = DAYS
    by_team: list[Row]
    by_level: list[Row]


@router.get("")
async def dashboard(desk: TheDesk, _: Officer) -> Dashboard:
    """As it is now."""
    return await load_figures(desk.store)


async def load_figures(store: Store) -> Dashboard:
    """For the API and for the page."""
    at = now()
    found = await store.count_figures(at, at - timedelta(days=DAYS))
    teams = [Row(**row) for row in found.by_team]
    return Dashboard(
        open=sum(row.open for row in teams),
        late=sum(row.late for row in teams),
        unacknowledged=sum(row.unacknowledged for row in teams),
        done=found.totals["done"],
        in_time=found.totals["in_time"],
        by_team=teams,
        by_level=[Row(**row) for row in found.by_level],
    )
