"""Correcting a report: another category, the right place, a text without what does not belong into it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake.access import Officer, TheDesk, TheVisit
from services.intake.bodies import Amendment
from services.intake.commands import Visit, correct_report
from services.intake.domain.corrections import fingerprint_report
from services.intake.pages.back import back_to, desk_page
from services.intake.pages.report_form import REFUSALS, number
from services.intake.pages.words import field_problems
from shared.events.ids import new_id
from shared.kernel import Reject
from shared.web import page, say_refusal, seal_key

router = APIRouter(prefix="/track/{reference}/correct", include_in_schema=False)
Typed = Annotated[str, Form(max_length=20_000)]
FIELDS = {"location.latitude": "latitude", "location.longitude": "longitude", "location.address": "address"}
PLACE = ("latitude", "longitude", "accuracy_m", "address")


@router.get("")
async def form(
    request: Request, visit: TheVisit, _: Officer, back: Annotated[str, Query(max_length=300)] = ""
) -> HTMLResponse:
    """The report as it is, to be corrected."""
    return _form(request, visit, _values(visit), back)


@router.post("")
async def correct(request: Request, desk: TheDesk, visit: TheVisit, _: Officer, back: Typed = "") -> Response:
    """Dispatch hears of it: another category means other promises, and perhaps another team."""
    async with request.form(max_fields=20) as sent:
        values = {name: value for name, value in sent.items() if isinstance(value, str)}
    try:
        body = Amendment.model_validate(_select_changed(values, _values(visit)))
        place = body.location.model_dump(exclude_unset=True) if body.location else None
        said: dict[str, Any] = {"category": body.category, "text": body.text, "location": place}
        decided_on, key = values.get("seen"), seal_key(request, values.get("key") or None)
        await correct_report(desk, visit, **said, decided_on=decided_on, key=key)
    except ValidationError as error:
        wrong = {FIELDS.get(one.field, one.field): one.message for one in field_problems(request, error)}
        return _form(request, visit, values, back, wrong, 422)
    except Reject as error:
        wrong = {REFUSALS.get(error.code, "text"): say_refusal(request, error)}
        return _form(request, visit, values, back, wrong, error.status)
    return RedirectResponse(back_to(back, "corrected", f"/track/{visit.report.reference}?done=corrected"), 303)


def _select_changed(values: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """What was changed on the page: what was left as it was is not said, so that its accuracy stays too."""
    changed: dict[str, Any] = {
        name: values[name] for name in ("category", "text") if name in values and values[name] != before[name]
    }
    place = {name: _read_field(name, values[name]) for name in PLACE if name in values and values[name] != before[name]}
    if "latitude" in place or "longitude" in place:  # they go together
        place |= {name: _read_field(name, values.get(name, "")) for name in ("latitude", "longitude")}
    return {**changed, **({"location": place} if place else {})}


def _read_field(name: str, typed: str) -> Any:
    return (typed.strip() or None) if name == "address" else number(typed)


def _values(visit: Visit) -> dict[str, Any]:
    """As the form's fields hold it."""
    report, place = visit.report, visit.report.location
    where = {name: getattr(place, name) if place else None for name in PLACE}
    return {
        "category": report.category,
        "text": report.text,
        **{name: "" if value is None else str(value) for name, value in where.items()},
        "seen": fingerprint_report(report),
    }


def _form(
    request: Request,
    visit: Visit,
    values: Mapping[str, Any],
    back: str,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    overtaken = status == 409  # what was typed stays; what it is decided on is what the report says now
    return page(
        request,
        "correct.html",
        status_code=status,
        report=visit.report,
        values={**_values(visit), **values, **({"seen": fingerprint_report(visit.report)} if overtaken else {})},
        errors=errors or {},
        back=desk_page(back),
        key=new_id(),
    )
