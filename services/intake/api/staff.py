"""What staff do with a report itself (work on it is dispatch's): correct it, make duplicates one."""

from typing import Any

from fastapi import APIRouter, Request

from services.intake.access import Key, Officer, TheDesk, TheVisit, find_report
from services.intake.api.views import timeline_page, view_for
from services.intake.bodies import Amendment, Merge
from services.intake.commands import Desk, correct_report, merge_report, separate_report
from services.intake.domain.report import Report
from services.intake.domain.viewer import STAFF
from shared.kernel import Case

router = APIRouter(prefix="/api/v1/reports/{reference}", tags=["staff"])


@router.patch("")
async def correct(
    request: Request, desk: TheDesk, visit: TheVisit, body: Amendment, key: Key, _who: Officer
) -> dict[str, Any]:
    """Category, text or place; what is left out stays, also within the place, and null takes it away."""
    place = body.location.model_dump(exclude_unset=True) if body.location else None
    case = await correct_report(desk, visit, category=body.category, text=body.text, location=place, key=key)
    return await _answer(request, desk, case)


@router.post("/merge")
async def merge(request: Request, desk: TheDesk, visit: TheVisit, body: Merge, who: Officer) -> dict[str, Any]:
    """This report is a duplicate of `into`, which takes over everybody who follows it. Repeating it is harmless."""
    into = await find_report(request, desk, body.into)
    return await _answer(request, desk, await merge_report(desk, visit.case, into, who))


@router.post("/separate")
async def separate(request: Request, desk: TheDesk, visit: TheVisit, key: Key, _who: Officer) -> dict[str, Any]:
    """This report is no duplicate after all: it opens again, with its own followers and work of its own."""
    return await _answer(request, desk, await separate_report(desk, visit, key))


async def _answer(request: Request, desk: Desk, case: Case[Report]) -> dict[str, Any]:
    return view_for(request, STAFF).report(case.state, timeline_page(await desk.store.read_timeline(case)))
