"""The shared web layer: one way to build an app, sign in, answer errors and draw pages, for every service.

A service's `app.py` calls `create_web`; its `api/` and `pages/` use what is re-exported here and nothing deeper:

    app = create_web("intake", settings, town, routers=[service.routes(), reports.router, pages.router],
                     templates=PAGES / "templates", static=PAGES / "static", strings=PAGES / "strings.yaml",
                     lifespan=service.lifespan)

    limited = Depends(rate_limit("reports", per_minute=60, burst=20))

    @router.post("/api/v1/reports", status_code=201, dependencies=[limited])
    async def create(body: NewReport, key: Annotated[str | None, Depends(idempotency_key)]) -> Created: ...

    @router.get("/crew")
    async def board(request: Request, who: Annotated[Person, Depends(staff("crew", "supervisor"))]) -> HTMLResponse:
        return page(request, "crew.html", orders=await ...)
"""

from shared.people import Person
from shared.web.app import create_web
from shared.web.errors import field_errors, wants_page
from shared.web.headers import every_site
from shared.web.idempotency import idempotency_key, seal_key
from shared.web.language import language_of
from shared.web.limits import client_address, rate_limit
from shared.web.pages import page
from shared.web.paging import Paging, cursor_time, read_paging, time_place
from shared.web.people import agency_of, person, staff, team_of
from shared.web.problem import FieldProblem, Problem
from shared.web.proof import freshly_proven, is_freshly_proven, need_proof
from shared.web.refusals import say_refusal
from shared.web.security_log import note
from shared.web.session_keeper import session_ends, still_signed_in
from shared.web.web import Web, web_of

UPLOAD_BYTES = 60_000_000
"""Body limit for a route that takes photos or documents: `@router.post(..., max_body_size=UPLOAD_BYTES)`."""

__all__ = [
    "UPLOAD_BYTES",
    "FieldProblem",
    "Paging",
    "Person",
    "Problem",
    "Web",
    "agency_of",
    "client_address",
    "create_web",
    "cursor_time",
    "every_site",
    "field_errors",
    "freshly_proven",
    "idempotency_key",
    "is_freshly_proven",
    "language_of",
    "need_proof",
    "note",
    "page",
    "person",
    "rate_limit",
    "read_paging",
    "say_refusal",
    "seal_key",
    "session_ends",
    "staff",
    "still_signed_in",
    "team_of",
    "time_place",
    "wants_page",
    "web_of",
]
