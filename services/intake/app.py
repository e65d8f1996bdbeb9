"""Composition of intake: settings, town, store, subscriptions, routes."""

from pathlib import Path

from fastapi import FastAPI

from services.intake import handlers, timers
from services.intake.api import open_data, photos, reports, residents, staff, suggest
from services.intake.api.answer_cache import AnswerCache
from services.intake.commands import Desk
from services.intake.pages import (
    about,
    correct,
    duplicates,
    home,
    icons,
    offline,
    problems,
    reply,
    report,
    takedown,
    track,
)
from services.intake.settings import Settings
from services.intake.store import Store
from shared.kernel.service import Service
from shared.town import load_town
from shared.web import create_web
from shared.web.ops import ops_routes
from shared.web.trail import trail_routes

PAGES = Path(__file__).parent / "pages"
ROUTERS = (
    reports.router, photos.router, residents.router, staff.router, suggest.router, open_data.router,
    home.router, report.router, takedown.router, track.router, correct.router, duplicates.router, reply.router,
    offline.router, about.router, icons.router,
)  # fmt: skip


def create_app() -> FastAPI:
    """Intake with the roles that the settings name."""
    settings = Settings()
    town = load_town(settings.town_dir)
    service = Service("intake", settings, town.code)
    desk = Desk(Store(service, settings, town.retention.reporter_days), town, settings)
    handlers.subscribe(service, desk)
    timers.schedule(service, desk)
    trail = trail_routes("intake", service.trail, lambda line: f"/track/{line.reference}")
    routers = (*ROUTERS, trail) if "api" in settings.roles else ()
    app = create_web(
        "intake", settings, town, templates=PAGES / "templates", static=PAGES / "static",
        strings=PAGES / "strings.yaml", routers=[ops_routes(service.health), *routers], lifespan=service.lifespan,
        endings=service.ended_sessions,
    )  # fmt: skip
    app.state.desk = desk
    app.state.open_data = AnswerCache(open_data.CACHED_SECONDS, open_data.FILES_CACHED)
    problems.install(app)
    return app
