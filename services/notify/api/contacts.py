"""A reporter's contact for those who have to speak with them: shown for a reason, counted, and told in the history."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.notify.access import TheDesk, find_file
from services.notify.bodies import LookUp, SameContact
from services.notify.revealing import look_up, reports_of_contact
from shared.web import Person, idempotency_key, note, rate_limit, staff

router = APIRouter(prefix="/api/v1/notify/contacts", tags=["contacts"])
Caller = Annotated[Person, Depends(staff("officer", "supervisor", "crew"))]
Officer = Annotated[Person, Depends(staff("officer", "supervisor"))]
Key = Annotated[str | None, Depends(idempotency_key)]


@router.post("/{reference}/look-up")
async def reveal(
    request: Request, desk: TheDesk, who: Caller, reference: str, body: LookUp, key: Key
) -> dict[str, Any]:
    """How to reach the reporter, for the reason that is given. Each is a line in the trail and in the report's history;
    one person may do it so often an hour as the town's profile says (`calls`)."""
    case = await find_file(desk, reference)
    found = await look_up(desk, who, case, body.reason, key)
    note("contact-read", request, case_id=case.id)
    return {
        "name": found.name,
        "phone": found.phone,
        "email": found.email,
        "line_id": found.line_id,
        "language": found.language,
    }


@router.post("/reports", dependencies=[Depends(rate_limit("same-contact", per_minute=60, burst=20))])
async def same_contact(request: Request, desk: TheDesk, who: Officer, body: SameContact) -> dict[str, list[str]]:
    """Earlier reports of whoever is on the telephone or at the counter, by their number or address; in the body, for an
    address of a page is written down in many places. Each question is a line in the trail, and counts with the looks
    at contacts (`calls`)."""
    found = await reports_of_contact(desk, who, body.caller, body.phone, body.email)
    note("contact-read", request, found=len(found))
    return {"references": found}
