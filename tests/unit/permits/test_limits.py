"""Nobody writes without a limit: each route of permits that changes something is counted per client."""

import pytest
from fastapi.routing import APIRoute

from services.permits.api import after_decision, applications, documents, inspection_photos, register, staff
from services.permits.pages import applicant, desk, desk_after, desk_inspections, public

EDGES = (  # as in app.py
    *(applications, documents, staff, after_decision, inspection_photos, register),
    *(desk, desk_after, desk_inspections, applicant, public),
)
LIMIT = "rate_limit.<locals>.limit"
WRITING = [
    pytest.param(route, id=f"{method} {route.path}")
    for edge in EDGES
    for route in edge.router.routes
    if isinstance(route, APIRoute)
    for method in (route.methods or set()) - {"GET", "HEAD"}
]


@pytest.mark.parametrize("route", WRITING)
def test_who_writes_is_limited(route: APIRoute) -> None:
    assert LIMIT in {getattr(one.call, "__qualname__", "") for one in route.dependant.dependencies}


def test_the_writing_routes_are_found_at_all() -> None:
    assert len(WRITING) >= 19
