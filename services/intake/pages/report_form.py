"""The fields of a report's form, whoever fills it in: read into the API's shape, all that is wrong told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.intake.bodies import NewReport
from services.intake.commands import Desk, add_photo
from services.intake.domain.answers import WrongAnswers, check_answers
from services.intake.domain.submission import PHOTOS_MOST
from services.intake.pages.problems import wrong_answers
from services.intake.pages.words import field_problems
from shared.files.pictures import READ_MOST
from shared.kernel import Reject
from shared.town import Town
from shared.web import language_of, say_refusal, web_of

FIELDS = {
    "location.latitude": "latitude", "location.longitude": "longitude", "location.address": "address",
    "reporter.name": "name", "reporter.phone": "phone", "reporter.email": "email",
}  # fmt: skip
FILES_MOST = 100  # that are read at all: whoever sends more photos than allowed gets the form back, not an error page
FIELDS_MOST = 1000  # without a script the questions of every category come along
ON_PAGE = ("text", "category", "kind", "answer", "address", "latitude", "longitude", "photos", "email", "phone", "name")
# Which field a refusal belongs to, here and in the page's script; what is in no field is told at the text.
REFUSALS = {
    "no-place": "address", "half-a-place": "latitude", "null-island": "latitude", "rough-place": "latitude",
    "unknown-category": "category", "unknown-photo": "photos", "photo-too-large": "photos",
    "photo-too-many-pixels": "photos", "not-a-photo": "photos", "broken-photo": "photos", "no-room": "photos",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What was sent: the fields as they were typed, and the report they make, or what is wrong by field."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    body: NewReport | None = None


async def read_form(request: Request, desk: Desk, sent: FormData) -> Read:
    """The form as the API would take it."""
    values = {name: value for name, value in sent.items() if isinstance(value, str)}
    photos, wrong = await _photos(request, desk, sent)
    values["kept"] = ",".join(photos)
    body, problems = _read(request, values, photos)
    wrong |= _no_kind(request, desk.town, values) | _nowhere_to_tell(request, values)
    if body is None or wrong:
        return Read(values, problems | wrong | _also_wrong(request, desk.town, values))
    return Read(values, {}, body)


def read_refused(request: Request, values: Mapping[str, str], error: Reject) -> Read:
    """The same fields in such a way that sending them again can succeed."""
    if isinstance(error, WrongAnswers):
        return Read(values, _wrong_answers(request, values, error))
    message = say_refusal(request, error)
    if error.code == "no-place":  # whoever sends the form so has no map
        message = web_of(request).pages.words(language_of(request), "report.no-address")
    if error.code == "idempotency-key-reused":  # it has come before, and was changed since: the next one is another
        message = web_of(request).pages.words(language_of(request), "report.sent-before")
        values = {**values, "key": ""}
    if error.code == "unknown-photo":  # it waited for too long
        values = {**values, "kept": ""}
    return Read(values, {REFUSALS.get(error.code, "text"): message})


def in_order(errors: Mapping[str, str]) -> dict[str, str]:
    """As they stand on the page."""
    return dict(sorted(errors.items(), key=lambda error: _place_on_page(error[0])))


def _place_on_page(field: str) -> int:
    name = field.partition(".")[0]
    return ON_PAGE.index(name) if name in ON_PAGE else len(ON_PAGE)


async def _photos(request: Request, desk: Desk, sent: FormData) -> tuple[list[str], dict[str, str]]:
    """Ids of the photos kept from an earlier try and of those that came now, and what is wrong with the others.

    A bad network does not carry a good photo twice because the one beside it is broken.
    """
    photo_ids = [part for value in sent.getlist("kept") if isinstance(value, str) for part in value.split(",") if part]
    files = [one for one in sent.getlist("photos") if isinstance(one, UploadFile) and one.size]
    say = partial(web_of(request).pages.words, language_of(request))
    if len(photo_ids) + len(files) > PHOTOS_MOST:
        left = max(0, PHOTOS_MOST - len(photo_ids))
        return photo_ids[:PHOTOS_MOST], {"photos": say("report.too-many-photos", most=PHOTOS_MOST, left=left)}
    refused = []
    for file in files:
        try:
            photo_ids.append((await add_photo(desk, await file.read(READ_MOST))).id)
        except Reject as error:
            why = say_refusal(request, error)
            refused.append(f"{say('report.photo-failed', name=file.filename)}: {why}")
    return list(dict.fromkeys(photo_ids)), {"photos": " · ".join(refused)} if refused else {}


async def keep_photos(desk: Desk, files: Sequence[UploadFile]) -> list[str]:
    """Those that were chosen, by their ids. A field in which nothing was chosen is a file without a byte."""
    chosen = [one for one in files if one.size][:PHOTOS_MOST]
    return [(await add_photo(desk, await one.read(READ_MOST))).id for one in chosen]


def _read(request: Request, values: Mapping[str, str], photos: list[str]) -> tuple[NewReport | None, dict[str, str]]:
    """The form as the API would take it, or what is wrong with it by field."""
    try:
        return NewReport.model_validate(body_of(values, photos)), {}
    except ValidationError as error:
        return None, {_field(one.field): one.message for one in field_problems(request, error)}


def _no_kind(request: Request, town: Town, values: Mapping[str, str]) -> dict[str, str]:
    """People choose what it is where the category leaves it open; for programs that say nothing the town guesses."""
    category = town.categories.get(values.get("category", ""))
    field = f"kind.{values.get('category')}"
    if category is None or len(category.kinds) < 2 or values.get(field):
        return {}
    return {field: web_of(request).pages.words(language_of(request), "report.no-kind")}


def _nowhere_to_tell(request: Request, values: Mapping[str, str]) -> dict[str, str]:
    """Whoever asks to be told and leaves no address would wait for nothing, and hear of it from nobody."""
    if not _consents(values) or values.get("email", "").strip():
        return {}
    return {"email": web_of(request).pages.words(language_of(request), "report.consent.no-email")}


def _also_wrong(request: Request, town: Town, values: Mapping[str, str]) -> dict[str, str]:
    """What the domain would refuse once the rest is right, so that all is told at once."""
    wrong: dict[str, str] = {}
    category = town.categories.get(values.get("category", ""))
    kind = values.get(f"kind.{values.get('category')}") or (category.kinds[0] if category else "problem")
    if kind == "problem" and not any(values.get(name, "").strip() for name in ("latitude", "longitude", "address")):
        wrong["address"] = web_of(request).pages.words(language_of(request), "report.no-address")
    try:
        check_answers(category, _answers(values)) if category else None
    except WrongAnswers as error:
        wrong |= _wrong_answers(request, values, error)
    return wrong


def _wrong_answers(request: Request, values: Mapping[str, str], error: WrongAnswers) -> dict[str, str]:
    """By the names that the questions of the chosen category have on the page."""
    prefix = f"answer.{values.get('category')}."
    problems = wrong_answers(request, error)
    return {f"{prefix}{one.field.removeprefix('answers.')}": one.message for one in problems}


def _answers(values: Mapping[str, str]) -> dict[str, str]:
    """Those to the questions of the chosen category: without a script the questions of all come along."""
    prefix = f"answer.{values.get('category')}."
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix) and value}


def body_of(values: Mapping[str, str], photos: list[str]) -> dict[str, Any]:
    """The form's flat fields in the API's shape. Without the tick a contact is there to ask about the report:
    no news goes there, nor the mail that asks whether it may."""
    location = {name: number(values.get(name, "")) for name in ("latitude", "longitude", "accuracy_m")}
    contact = {name: values.get(name, "") for name in ("name", "phone", "email")}
    return {
        "category": values.get("category", ""), "kind": values.get(f"kind.{values.get('category')}") or None,
        "incident": values.get("incident") or None,
        "text": values.get("text", ""), "photos": photos, "answers": _answers(values),
        "location": {**location, "address": values.get("address", "")},
        "reporter": {**contact, "consent": _consents(values)} if any(contact.values()) else None,
    }  # fmt: skip


def _consents(values: Mapping[str, str]) -> bool:
    return values.get("consent") == "yes"


def number(text: str) -> float | str | None:
    """Text that is no number stays as it is, so that the model says what is wrong with it."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return text


def _field(name: str) -> str:
    return FIELDS.get(name, name.partition(".")[0])
