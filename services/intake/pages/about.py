"""What a town says about its own service: privacy, help, accessibility. The facts come from its profile."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.intake.domain.submission import PHOTOS_MOST
from shared.references import make_reference
from shared.web import page, web_of

router = APIRouter(include_in_schema=False)


@router.get("/privacy")
async def privacy(request: Request) -> HTMLResponse:
    """What section 23 of the Personal Data Protection Act asks to be told when data is collected."""
    return page(request, "privacy.html")


@router.get("/help")
async def help_page(request: Request) -> HTMLResponse:
    """How to report, follow and apply, and whom to call."""
    example = make_reference(web_of(request).town.reference_prefix, "0" * 26)
    return page(request, "help.html", example=example, most=PHOTOS_MOST)


@router.get("/accessibility")
async def accessibility(request: Request) -> HTMLResponse:
    """Which standard the pages are held to, what is known to fall short, and where to complain."""
    return page(request, "accessibility.html")
