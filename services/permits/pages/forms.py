"""What a form page sends, read into the same shapes that programs send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.permits.api.applications import fault_text
from services.permits.api.views import show_to
from services.permits.bodies import Where, Who
from services.permits.domain import form as forms
from services.permits.domain.handing_in import plot_of
from services.permits.domain.permit_type import PermitType
from services.permits.pages.corners import read_corners
from shared.kernel import Reject
from shared.web import field_errors, language_of, web_of

PREFIX = "f_"  # before a profile's field, which may be called `name` too
_PLACE = ("latitude", "longitude", "accuracy_m", "address")
# What the page shows of an applicant, by the page's own names: `address` is the plot's there.
ON_PAGE = {"name": "name", "phone": "phone", "email": "email", "post": "address"}
_ON_PAGE_AS = {field: name for name, field in ON_PAGE.items()}


@dataclass(frozen=True)
class Written:
    """One sending of the application form: what was typed, what it means, and what is wrong with it."""

    typed: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    where: Where | None = None
    who: Who | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_form(request: Request, permit: PermitType, sent: FormData) -> Written:
    """The form of a permit type as the page sends it."""
    typed = {name: value for name, value in sent.items() if isinstance(value, str)}
    answers = {name.removeprefix(PREFIX): value for name, value in typed.items() if name.startswith(PREFIX)}
    form, faults = forms.read(permit, answers)
    errors = {PREFIX + fault.field: fault_text(fault, show_to(request)) for fault in faults}
    where, wrong_place = _read_place(request, typed, form)
    who, wrong_person = _parse(Who, {field: typed.get(name) for name, field in ON_PAGE.items()}, request)
    wrong_person = {_ON_PAGE_AS.get(name, name): message for name, message in wrong_person.items()}
    return Written(typed, form, where, who, {**wrong_person, **wrong_place, **errors})


def _read_place(
    request: Request, typed: Mapping[str, str], form: Mapping[str, str]
) -> tuple[Where | None, dict[str, str]]:
    """Pin and footprint, and what is wrong with either. Whoever set no pin and named the plot's deed means that plot:
    without the map nobody knows its degrees."""
    say = show_to(request).say
    place: dict[str, Any] = {name: typed.get(name) or None for name in _PLACE}
    corners, refused = read_corners(typed.get("footprint", ""))
    wrong = {"footprint": say(f"form.{refused}")} if refused else {}
    if not (place["latitude"] or place["longitude"]):
        place |= _place_of_deed(request, form)
    if not (place["latitude"] and place["longitude"]):  # one pin is missing, not two numbers
        return None, {"latitude": say("form.no-pin"), **wrong}
    where, wrong_place = _parse(Where, place | {"footprint": corners}, request)
    return where, {**(_wrong_plot(request, where, form) if where else wrong_place), **wrong}


def _place_of_deed(request: Request, form: Mapping[str, str]) -> dict[str, Any]:
    drawn = web_of(request).town.ground.parcel_of(form.get("deed_number", ""))
    if drawn is None:
        return {}
    inside = drawn.shape.representative_point()
    return {"latitude": inside.y, "longitude": inside.x}


def _wrong_plot(request: Request, where: Where, form: Mapping[str, str]) -> dict[str, str]:
    """By the rule that the application itself is judged by."""
    try:
        plot_of(web_of(request).town, where.location(), form)
    except Reject as error:
        field = "footprint" if error.code.startswith("footprint-") else "latitude"
        return {field: show_to(request).say(f"form.{error.code}")}
    return {}


def _parse(model: type[Any], values: dict[str, Any], request: Request) -> tuple[Any, dict[str, str]]:
    try:
        return model.model_validate(values), {}
    except ValidationError as error:
        return None, {problem.field: problem.message for problem in field_errors(error, language_of(request))}


def read_body(model: type[Any], values: dict[str, Any], request: Request) -> tuple[Any, str]:
    """A body from a page's form, or what to say about it."""
    body, wrong = _parse(model, values, request)
    return body, next(iter(wrong.values()), "")


def read_findings(sent: FormData, reason_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """Of each document about which something was ticked: `verdict-<code>`, with its reason and page."""
    codes = [name.removeprefix("verdict-") for name in sent if name.startswith("verdict-") and text_of(sent, name)]
    return [
        {
            "requirement": code,
            "verdict": text_of(sent, f"verdict-{code}"),
            "reason": reason_of(code),
            "page": text_of(sent, f"page-{code}") or None,
            "read_at": text_of(sent, f"read_at-{code}") or None,
        }
        for code in codes
    ]


def split_lines(text: str) -> list[str]:
    """One condition on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def text_of(sent: FormData, name: str) -> str:
    """A text field of a form; empty when it was not sent."""
    value = sent.get(name)
    return value if isinstance(value, str) else ""
