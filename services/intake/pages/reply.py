"""An officer answers the reporter from the desk: in their own words, or in the town's ready-made ones."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from services.intake.access import Officer, TheDesk, TheVisit
from services.intake.bodies import NewComment
from services.intake.commands import comment_report
from services.intake.domain.report import Report
from services.intake.pages.back import back_to
from shared.town import Town
from shared.town.notices import fill
from shared.web import seal_key
from shared.words import LANGUAGES
from shared.words.dates import datetime_text

router = APIRouter(prefix="/track/{reference}/reply", include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]
Typed = Annotated[str, Form(max_length=300)]


@router.post("")
async def reply(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    _: Officer,
    text: Text = "",
    response: Typed = "",
    back: Typed = "",
    key: Typed = "",
) -> RedirectResponse:
    """Everybody who follows the report is told. Without a script the chosen words are filled in here."""
    page = f"/track/{visit.report.reference}"
    try:
        body = NewComment(text=text if text.strip() else reply_text(desk.town, visit.report, response) or "")
    except ValidationError:
        return RedirectResponse(back_to(back, "reply-empty", page), 303)
    await comment_report(desk, visit, body.text, key=seal_key(request, key or None))
    return RedirectResponse(back_to(back, "replied", f"{page}?done=commented"), 303)


def reply_text(town: Town, report: Report, chosen: str) -> str | None:
    """The words of `<code>.<language>`; None for what is not offered on this report."""
    code, _, language = chosen.rpartition(".")
    found = next((one for one in town.responses if one.code == code and one.fits("reply", report.category)), None)
    if found is None or language not in LANGUAGES:
        return None
    due = datetime_text(report.due_at, ZoneInfo(town.timezone), language) if report.due_at else ""
    values = {
        "town": town.name.get(language),
        "phone": town.contact.phone or "",
        "reference": report.reference,
        "category": town.category_name(report.category, language),
        "team": town.team_name(report.team, language),
        "due_at": due,
    }
    return fill(found.text.get(language), values)
