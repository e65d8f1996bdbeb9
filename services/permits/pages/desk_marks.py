"""A page of a document at the desk, on which an officer marks what is wrong: a frame or a pin with words, drawn, set by
keys, or typed as numbers; without the picture, as a page and words."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.permits import checking
from services.permits.access import DESK_LIMITED, Officer, TheDesk, as_actor, cause_of, find_for_staff
from services.permits.api.views import show_to
from services.permits.domain.application import Application
from services.permits.domain.findings import list_current
from services.permits.domain.marking import MARKS_MOST
from services.permits.domain.paper import Upload
from services.permits.mark_bodies import PAGES_MOST, Marks
from services.permits.pages.desk_case import acts_of
from services.permits.pages.forms import text_of
from services.permits.pages.mark_rows import Row, read_marks, read_rows, rows_of
from shared.kernel import Case, Reject
from shared.web import Problem, page, say_refusal
from shared.web.security_log import note_refusal

router = APIRouter(prefix="/permits/desk/{reference}/marks", include_in_schema=False, dependencies=[DESK_LIMITED])
Requirement = Annotated[str, Path(max_length=64)]


@router.get("/{requirement}")
async def show(
    request: Request,
    reference: str,
    requirement: Requirement,
    desk: TheDesk,
    who: Officer,
    at: Annotated[int, Query(ge=1, le=PAGES_MOST, alias="page")] = 1,
) -> Response:
    """The page with what is marked on the document; once nothing can be marked any more, the application."""
    case = await find_for_staff(request, desk, reference, who)
    upload = _upload(case.state, requirement)
    if not acts_of(case.state, who)["find"]:
        return RedirectResponse(_back(case.state, requirement), 303)
    found = list_current(case.state).get(requirement)
    return await _marks_page(request, case, requirement, _within(upload, at), rows_of(found.marks if found else ()))


@router.post("/{requirement}")
async def save(request: Request, reference: str, requirement: Requirement, desk: TheDesk, who: Officer) -> Response:
    """All marks of the document anew; then the page that `go` names, or back to the application."""
    case = await find_for_staff(request, desk, reference, who)
    upload = _upload(case.state, requirement)
    async with request.form() as sent:
        rows, here, go = read_rows(sent), _number(text_of(sent, "page")), text_of(sent, "go")
        sha256, read_at = text_of(sent, "sha256"), text_of(sent, "read_at") or None
        then = _number(text_of(sent, "other") if go == "other" else go)
    marks, wrong = read_marks(request, rows)
    here = _within(upload, here or 1)
    if any(wrong):
        return await _marks_page(request, case, requirement, here, rows, wrong=wrong, status=422)
    try:
        body = Marks.model_validate(
            {"sha256": sha256, "marks": [one.model_dump() for one in marks], "read_at": read_at}
        )
        cause = cause_of(None, "marks", case.id, who)
        await checking.mark_document(desk, case.id, as_actor(who, "officer"), requirement, body, cause)
    except ValidationError:  # more rows than the page offers, a hash or a time that is none: no page of ours sent it
        raise Problem(422, "invalid") from None
    except Reject as error:
        note_refusal(request, Problem(error.status, error.code))
        said = say_refusal(request, error)
        now_there = await find_for_staff(request, desk, reference, who)
        return await _marks_page(request, now_there, requirement, here, rows, problem=said, status=error.status)
    to = f"/permits/desk/{case.state.reference}/marks/{requirement}?page={_within(upload, then)}" if then else ""
    return RedirectResponse(to or _back(case.state, requirement), 303)


async def _marks_page(
    request: Request,
    case: Case[Application],
    requirement: str,
    at: int,
    rows: list[Row],
    *,
    wrong: list[str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    """`rows`: what is marked, or what was typed; `wrong`: what is the matter with each."""
    application = case.state
    upload, found = _upload(application, requirement), list_current(application).get(requirement)
    shown = await show_to(request, staff=True).full(application)
    document: dict[str, Any] = next(one for one in shown["documents"] if one["requirement"] == requirement)
    return page(
        request,
        "desk_marks.html",
        status_code=status,
        application=shown,
        document=document,
        upload=upload,
        at=at,
        rows=rows,
        wrong=wrong or [""] * len(rows),
        room=MARKS_MOST - len(rows),
        most=MARKS_MOST,
        read_at=found.at.isoformat() if found else "",
        problem=problem,
    )


def _upload(application: Application, requirement: str) -> Upload:
    upload = application.latest(requirement)
    if upload is None or upload.removed:
        raise Problem(404, "http-404")
    return upload


def _within(upload: Upload, at: int) -> int:
    """A page that the document has, as far as anybody has counted them."""
    return max(1, min(at, upload.pages or PAGES_MOST))


def _back(application: Application, requirement: str) -> str:
    return f"/permits/desk/{application.reference}#document-{requirement}"


def _number(text: str) -> int:
    """Of a page, of which there are at most five digits; 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0
