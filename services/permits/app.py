"""Permits, put together: settings, town, store, desk, timers, routes."""

from pathlib import Path

from fastapi import FastAPI

from services.permits.api import absences as absences_api
from services.permits.api import (
    after_decision,
    applications,
    consultations,
    documents,
    inspection_photos,
    marks,
    neighbours,
    payments,
    register,
    whole_file,
)
from services.permits.api import people as people_api
from services.permits.api import plan as plan_api
from services.permits.api import staff as staff_api
from services.permits.api.plan_layers import Layers
from services.permits.commands import Desk
from services.permits.domain.documents import MEGABYTE
from services.permits.domain.moments import Periods
from services.permits.handlers import subscribe
from services.permits.pages import (
    applicant,
    cashier,
    consult,
    desk_absences,
    desk_after,
    desk_consult,
    desk_inbox,
    desk_inspections,
    desk_marks,
    desk_neighbours,
    filling_in,
    holder,
    neighbour,
    paying,
    people,
    plan,
    public,
    signature,
    statements,
)
from services.permits.pages import desk as desk_page
from services.permits.pages import register as register_page
from services.permits.settings import Settings
from services.permits.store import Store
from services.permits.timers import schedule
from shared.files.budget import Budget
from shared.files.scanner import Scanner
from shared.kernel.service import Service
from shared.town import load_town
from shared.web import create_web
from shared.web.ops import ops_routes
from shared.web.trail import trail_routes

PAGES = Path(__file__).parent / "pages"


def create_app() -> FastAPI:
    """The app that `uvicorn --factory` runs."""
    settings = Settings()
    town = load_town(settings.town_dir)
    service = Service("permits", settings, town.code)
    periods = Periods(settings.draft_days, town.retention.applicant_days, settings.empty_draft_days)
    store = Store(service, periods, settings.signature_secrets)
    budget = Budget("drafts", settings.drafts_megabytes * MEGABYTE, store.files.count_unsubmitted_bytes)
    desk = Desk(store, town, settings, periods, Scanner(settings.clamav_address), budget)
    subscribe(service, desk)
    schedule(service, desk)
    programs = (
        *(people_api, absences_api, applications, documents, marks, staff_api, consultations, neighbours),
        *(after_decision, inspection_photos, payments, whole_file, register, plan_api),
    )
    office_pages = (
        *(desk_inbox, people, desk_absences, desk_page, desk_after, desk_inspections, desk_marks, desk_consult),
        *(desk_neighbours, signature, statements, cashier),
    )
    pages = (consult, neighbour, *office_pages, holder, filling_in, paying, applicant, plan, register_page, public)
    serves = "api" in settings.roles
    edges = (*programs, *pages) if serves else ()
    trail = trail_routes("permits", service.trail, lambda line: f"/permits/desk/{line.reference}")
    app = create_web(
        "permits",
        settings,
        town,
        templates=PAGES / "templates",
        static=PAGES / "static",
        strings=PAGES / "strings.yaml",
        routers=[ops_routes(service.health), *(edge.router for edge in edges), *([trail] if edges else [])],
        lifespan=service.lifespan,
        endings=service.ended_sessions,
    )
    app.state.desk = desk
    app.state.layers = Layers(town) if serves else None
    return app
