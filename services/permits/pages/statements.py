"""The bank's statement, looked through before anything is taken from it: the page works without JavaScript, so what was
looked through goes back and forth with it, and is judged again when it is taken."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.permits.access import DESK_LIMITED, Cashier, TheDesk
from services.permits.api.payments import STATEMENT_BYTES, count_rows, read_rows, show_row
from services.permits.api.views import Showing, show_to
from services.permits.commands import Desk
from services.permits.domain.statement import write_day_example
from services.permits.pages.forms import text_of
from services.permits.statement_taking import take_statement
from shared.kernel import Reject, now
from shared.town.payments import Statement
from shared.web import Person, Problem, page, say_refusal
from shared.web.uploads import MEGABYTE, receive_file

router = APIRouter(prefix="/permits/cashier/statement", include_in_schema=False)
_LETTER_BYTES = 9  # of a Thai letter in a form's body: three bytes, three characters each


@router.get("")
async def ask(request: Request, _: Cashier) -> HTMLResponse:
    """Choose the file."""
    return page(request, "statement.html", **_page_of(show_to(request)))


@router.post("", max_body_size=STATEMENT_BYTES + MEGABYTE, dependencies=[DESK_LIMITED])
async def look_through(request: Request, desk: TheDesk, who: Cashier) -> HTMLResponse:
    """Each row with what it would pay, and why not; nothing is changed."""
    try:
        async with receive_file(request, most=STATEMENT_BYTES) as file:
            content = file.path.read_bytes() if file else b""
    except Reject as error:
        return _answer_refusal(request, error)
    return await _answer(request, desk, who, content, apply=False)


@router.post("/take", max_body_size=_LETTER_BYTES * STATEMENT_BYTES, dependencies=[DESK_LIMITED])
async def take(request: Request, desk: TheDesk, who: Cashier) -> HTMLResponse:
    """Take what was looked through. The same once more takes nothing."""
    async with request.form(max_files=0, max_fields=5, max_part_size=_LETTER_BYTES * STATEMENT_BYTES) as sent:
        text = text_of(sent, "rows")
    content = text.encode(_find_encoding(show_to(request)), "replace")
    return await _answer(request, desk, who, content, apply=True)


async def _answer(request: Request, desk: Desk, who: Person, content: bytes, *, apply: bool) -> HTMLResponse:
    showing = show_to(request, staff=True)
    try:
        rows = read_rows(showing, content)
    except Reject as error:
        return _answer_refusal(request, error)
    judged = await take_statement(desk, rows, who, apply=apply)
    example = write_day_example(_statement(showing), now())
    items = [
        {**show_row(row), "reason_text": showing.say(f"row.{row.reason}", day=example) if row.reason else ""}
        for row in judged
    ]
    text = content.decode(_find_encoding(showing), "replace").removeprefix("\ufeff")
    return page(
        request,
        "statement.html",
        **_page_of(showing)
        | {
            "items": items,
            "counts": count_rows(judged),
            "applied": apply,
            "rows": text,
        },
    )


def _answer_refusal(request: Request, error: Reject) -> HTMLResponse:
    told = _page_of(show_to(request)) | {"problem": say_refusal(request, error)}
    return page(request, "statement.html", status_code=error.status, **told)


def _find_encoding(showing: Showing) -> str:
    return _statement(showing).encoding


def _statement(showing: Showing) -> Statement:
    town = showing.town
    if town.payments is None or town.payments.statement is None:
        raise Problem(404, "http-404")
    return town.payments.statement


def _page_of(showing: Showing) -> dict[str, Any]:
    """With no file: what the bank's file has to look like."""
    how = _statement(showing)
    columns, day = ", ".join(name for _, name in how.columns if name), write_day_example(how, now())
    nothing: dict[str, Any] = {"items": None, "counts": {}, "applied": False, "rows": "", "problem": ""}
    return nothing | {"columns": columns, "day": day}
