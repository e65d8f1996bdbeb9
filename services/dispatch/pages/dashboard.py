"""The overview for heads: what is open and late, by team and by level, as bars and as numbers."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer
from services.dispatch.api.context import TheDesk
from services.dispatch.api.dashboard import load_figures
from services.dispatch.pages.show import show

router = APIRouter(include_in_schema=False)


@router.get("/dashboard")
async def dashboard(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """As it is now; the page can be printed."""
    found = await load_figures(desk.store)
    most = max((row.open for row in [*found.by_team, *found.by_level]), default=1)
    return show(request, "dashboard.html", figures=found, most=max(most, 1))
