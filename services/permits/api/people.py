"""Applications by the people in them, for the staff, over HTTP: in the body of a request, for addresses are logged."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from services.permits import people
from services.permits.access import Member, TheDesk
from services.permits.api.views import Showing, show_to
from services.permits.bodies import PersonSearch
from services.permits.domain.application import Application
from shared.web import rate_limit

router = APIRouter(prefix="/api/v1/applications", tags=["desk"])
LIMITED = Depends(rate_limit("people", per_minute=30, burst=15))


@router.post("/search", dependencies=[LIMITED])
async def search(request: Request, body: PersonSearch, desk: TheDesk, who: Member) -> dict[str, Any]:
    """By the name or the telephone number of the applicant, the holder, or one before; twenty at most. The trail says
    who asked."""
    found = await people.find_by_person(desk, who, body.person)
    showing = show_to(request, staff=True)
    return {"items": [await person_row(case.state, showing) for case in found.cases], "more": found.more}


async def person_row(application: Application, showing: Showing) -> dict[str, Any]:
    """What tells one from another: never how to reach them."""
    return {
        **await showing.summary(application),
        "applicant": application.applicant.name,
        "past_holders": [one.name for one in application.past_holders],
        "zone_name": showing.zone_name(application.zone),
    }
