"""What a form page sends, read into the same shapes that programs send."""

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
from shared.kernel import Reject
from shared.web import field_errors, language_of, web_of

PREFIX = "f_"  # before a profile's field, which may be called `name` too
ON_PAGE = ("name", "phone", "email")  # what the page shows of an applicant


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
    place = {name: typed.get(name) or None for name in ("latitude", "longitude", "accuracy_m", "address")}
    person = {name: typed.get(name) for name in ON_PAGE}
    where, wrong_place = _parse(Where, place, request)
    if not (place["latitude"] and place["longitude"]):  # one pin is missing, not two numbers
        wrong_place = {"latitude": show_to(request).say("form.no-pin")}
    elif where:
        wrong_place = _wrong_plot(request, where)
    who, wrong_person = _parse(Who, person, request)
    return Written(typed, form, where, who, {**wrong_person, **wrong_place, **errors})


def _wrong_plot(request: Request, where: Where) -> dict[str, str]:
    """By the rule that the application itself is judged by."""
    try:
        plot_of(web_of(request).town, where.location())
    except Reject as error:
        return {"latitude": show_to(request).say(f"form.{error.code}")}
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


def split_lines(text: str) -> list[str]:
    """One condition on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def text_of(sent: FormData, name: str) -> str:
    """A text field of a form; empty when it was not sent."""
    value = sent.get(name)
    return value if isinstance(value, str) else ""
