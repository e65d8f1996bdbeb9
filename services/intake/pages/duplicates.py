"""Duplicates side by side: what is like a report, the two beside each other, merged, and separated again."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake.access import Officer, TheDesk, TheVisit, find_report
from services.intake.api.views import ReportView, view_for
from services.intake.commands import Desk, Visit, find_alike, merge_report, separate_report
from services.intake.domain import merging
from services.intake.domain.alike import metres_between
from services.intake.domain.report import Report
from services.intake.domain.states import tone_of
from services.intake.domain.viewer import STAFF
from services.intake.joining import list_merged
from services.intake.pages.back import back_to, desk_page
from shared.events.ids import new_id
from shared.kernel import Case, Reject
from shared.town.vocabulary import PRIORITIES, word
from shared.web import Problem, language_of, page, say_refusal, seal_key, web_of
from shared.web.security_log import note_refusal
from shared.words.dates import duration_text

router = APIRouter(prefix="/track/{reference}", include_in_schema=False)
Typed = Annotated[str, Form(max_length=300)]
Asked = Annotated[str, Query(max_length=300)]
DONE = ("merged", "separated")


@dataclass(frozen=True)
class Comparison:
    """What the page shows beside the report itself."""

    other: str = ""  # the reference that was typed or chosen
    back: str = ""
    done: str = ""
    refused: str = ""
    status: int = 200


@router.get("/duplicates")
async def compare(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    _: Officer,
    other: Annotated[str, Query(alias="with", max_length=60)] = "",
    back: Asked = "",
    done: str = "",
) -> HTMLResponse:
    """`with`: the report beside it; of a merged report the one that it was merged into."""
    return await _page(request, desk, visit, Comparison(other, back, done if done in DONE else ""))


@router.post("/merge")
async def merge(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    who: Officer,
    into: Typed = "",
    back: Typed = "",
    stays: Typed = "",
) -> Response:
    """This report becomes a duplicate of `into`; with `stays=this` the other one becomes a duplicate of this."""
    try:
        other = await find_report(request, desk, into)
        pair = (other, visit.case) if stays == "this" else (visit.case, other)
        await merge_report(desk, *pair, who)
    except (Reject, Problem) as refusal:
        return await _answer_refusal(request, desk, visit, refusal, Comparison(into, back))
    here = f"/track/{visit.report.reference}/duplicates?with={other.state.reference}&done=merged"
    return RedirectResponse(back_to(back, "merged", here), 303)


@router.post("/separate")
async def separate(
    request: Request, desk: TheDesk, visit: TheVisit, _: Officer, back: Typed = "", key: Typed = ""
) -> Response:
    """It is no duplicate after all. The page stays: the work that begins anew has another page at the desk."""
    other = visit.report.merged_reference or ""
    try:
        await separate_report(desk, visit, seal_key(request, key or None))
    except Reject as refusal:
        return await _answer_refusal(request, desk, visit, refusal, Comparison(other, back))
    return RedirectResponse(f"/track/{visit.report.reference}/duplicates?with={other}&done=separated", 303)


async def _answer_refusal(
    request: Request, desk: Desk, visit: Visit, refusal: Reject | Problem, comparison: Comparison
) -> HTMLResponse:
    note_refusal(request, Problem(refusal.status, refusal.code))
    refused = say_refusal(request, refusal)
    return await _page(
        request, desk, visit, Comparison(comparison.other, comparison.back, refused=refused, status=refusal.status)
    )


async def _page(request: Request, desk: Desk, visit: Visit, said: Comparison) -> HTMLResponse:
    view = view_for(request, STAFF)
    report = visit.report
    other = await _other(request, desk, visit, said.other or report.merged_reference or "")
    alike = [] if report.merged_into or not report.is_open else await find_alike(desk, visit.case.id, report)
    return page(
        request,
        "duplicates.html",
        status_code=said.status,
        r=_side(view, report),
        other=_side(view, other.state) if other else None,
        typed=said.other,
        alike=[_near(request, view, report, case) for case in alike if not other or case.id != other.id],
        apart=_apart(request, report, other.state) if other else None,
        stays="this" if other and merging.stays(report, other.state) is report else "other",
        merged=[view.card(case.state) for case in await list_merged(desk.store, visit.case)],
        back=desk_page(said.back),
        done=said.done,
        refused=said.refused,
        tone=tone_of,
        key=new_id(),
    )


async def _other(request: Request, desk: Desk, visit: Visit, typed: str) -> Case[Report] | None:
    try:
        found = await find_report(request, desk, typed) if typed else None
    except Problem:  # a reference that nobody has
        return None
    return found if found and found.id != visit.case.id else None


def _side(view: ReportView, report: Report) -> dict[str, Any]:
    """One of the two, as staff see it."""
    return view.summary(report) | {
        "text": report.text,
        "photos": view.photos(report),
        "address": report.location.address if report.location else None,
        "zone_name": view.zone_name(report),
        "answers": report.answers,
        "is_open": report.is_open,
        "merged_reference": report.merged_reference,
        "order": report.work_order,
        "priority": word(PRIORITIES, report.priority, view.language) if report.priority else None,
        "rule": _rule_name(view, report),
    }


def _rule_name(view: ReportView, report: Report) -> str | None:
    """By which rule it came where it is; its code where the profile has no words for it."""
    code = next((entry.rule for entry in reversed(report.timeline) if entry.rule), None)
    rule = next((one for one in view.town.routing.rules if one.code == code), None)
    return rule.name.get(view.language) if rule and rule.name else code


def _near(request: Request, view: ReportView, report: Report, case: Case[Report]) -> dict[str, Any]:
    return view.card(case.state) | {"apart": _apart(request, report, case.state)}


def _apart(request: Request, one: Report, other: Report) -> dict[str, Any]:
    """How far the two lie from each other, and how long after one another they came."""
    metres = metres_between(one.location, other.location)
    span = duration_text(abs(one.submitted_at - other.submitted_at), language_of(request))
    words = web_of(request).pages.words
    distance = words(language_of(request), "duplicates.metres", count=round(metres)) if metres is not None else None
    return {"metres": metres, "distance": distance, "span": span}
