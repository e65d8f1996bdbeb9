"""Lost links: whoever reads mail at an address has the links of its cases sent there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse

from services.notify.access import TheDesk
from services.notify.commands import send_links
from shared.emails import read_email
from shared.web import language_of, page, rate_limit

router = APIRouter(prefix="/inbox/links", include_in_schema=False)
Limited = Depends(rate_limit("links", per_minute=20, burst=10))


@router.get("")
async def ask(request: Request) -> HTMLResponse:
    """Where to send them."""
    return page(request, "links.html", typed="", wrong=False, sent=False)


@router.post("", dependencies=[Limited])
async def send(request: Request, desk: TheDesk, email: Annotated[str, Form(max_length=1000)] = "") -> HTMLResponse:
    """The same answer at the same time whether the address is known or not: it is looked up once that is sent."""
    address = read_email(email)
    if address is None:
        return page(request, "links.html", status_code=422, typed=email, wrong=True, sent=False)
    response = page(request, "links.html", typed="", wrong=False, sent=True)
    response.background = BackgroundTask(send_links, desk, address, language_of(request))
    return response
