"""Composition of dispatch: settings, town, store, handlers, routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.dispatch.api import (
    acts,
    agency,
    dashboard,
    desk_incidents,
    incidents,
    photos,
    routing,
    teams,
    work_orders,
)
from services.dispatch.commands import Desk
from services.dispatch.handlers import subscribe
from services.dispatch.incident_acts import OF_INCIDENTS
from services.dispatch.pages import agency as agency_pages
from services.dispatch.pages import (
    agency_link,
    board,
    bulk,
    desk_live,
    desk_map,
    filters,
    ladder,
    live,
    monthly,
    offline,
    overtaken,
    promises,
    sheet,
    staff_help,
    team_work,
    triage,
    work_file,
)
from services.dispatch.pages import dashboard as dashboard_page
from services.dispatch.pages import desk as desk_pages
from services.dispatch.pages import incidents as incident_pages
from services.dispatch.pages import routing as routing_pages
from services.dispatch.settings import Settings
from services.dispatch.store import Store
from services.dispatch.stream import Stream
from services.dispatch.timers import schedule
from shared.kernel.service import Service
from shared.kernel.trail import Line
from shared.town import load_town
from shared.web import create_web
from shared.web.ops import ops_routes
from shared.web.trail import trail_routes

PAGES = Path(__file__).parent / "pages"
APIS = (work_orders, acts, photos, routing, teams, dashboard, agency, incidents, desk_incidents)
# What has a name of its own stands before `/crew/{order_id}` and `/desk/{order_id}`, which take any.
CREW = (work_file, staff_help, live, offline, sheet, team_work, overtaken, board)
DESK = (triage, desk_map, desk_live, filters, bulk, ladder, routing_pages, incident_pages, desk_pages)
PAGES_OF_STAFF = (*CREW, *DESK, monthly, dashboard_page)
PAGES_OF_OTHERS = (promises, agency_link, agency_pages)
ROUTERS = [module.router for module in (*APIS, *PAGES_OF_STAFF, *PAGES_OF_OTHERS)]


def _page_of(line: Line) -> str:
    """What an act in the trail was about."""
    return f"/desk/incidents/{line.case_id}" if line.act.endswith(OF_INCIDENTS) else f"/desk/{line.case_id}"


def create_app() -> FastAPI:
    """The service as one app; a process without the api role answers only its operators."""
    settings = Settings()
    town = load_town(settings.town_dir)
    service = Service("dispatch", settings, town.code)
    store = Store(service, town)
    desk = Desk(store, town)
    subscribe(service, desk)
    schedule(service, desk)
    stream = Stream(store)
    serves = "api" in settings.roles
    if serves:
        service.health.add_work("stream", stream.problem)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.lifespan(app), stream.run(serves):
            yield

    trail = trail_routes("dispatch", service.trail, _page_of)
    routers = [*ROUTERS, trail] if serves else []
    app = create_web(
        "dispatch",
        settings,
        town,
        templates=PAGES / "templates",
        static=PAGES / "static",
        strings=PAGES / "strings.yaml",
        routers=[ops_routes(service.health), *routers],
        lifespan=lifespan,
        endings=service.ended_sessions,
    )
    app.state.desk, app.state.stream = desk, stream
    return app
