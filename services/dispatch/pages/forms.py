"""Reads a page's form into the body of an act and does it; `refusals.py` says why it was not done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.dispatch.bodies import Body
from services.dispatch.commands import DECISIONS, ActRequest, Desk, act_on_order, add_photo, decide
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.rights import need_right
from services.dispatch.domain.states import ActName
from services.dispatch.pages.refusals import say_refusal, say_wrong_fields
from services.dispatch.pages.responses import WORDS_OF, response_text
from services.dispatch.pages.rows import FIELDS, read_rows
from services.dispatch.pages.show import PHOTOS_MOST
from services.dispatch.store import Order
from shared.files.pictures import READ_MOST
from shared.kernel import Case, Reject, now
from shared.web import Person, Problem, seal_key
from shared.web.security_log import note_refusal
from shared.web.uploads import FIELD_MOST

PHOTO_FIELDS = {"photo_before": "before", "photo": "photos"}  # a form's field → the body's list
SENT = "_path"  # after the name of a photo's field: a phone has sent it before, one after the other
NOT_OF_THE_BODY = FIELDS | {
    "key",
    "sure",
    "back",
    "seen",
    "response",
    *PHOTO_FIELDS,
    *(f"{name}{SENT}" for name in PHOTO_FIELDS),
}


@dataclass(frozen=True)
class Answer:
    """What came of a form: the work order as it is now, or why nothing was done."""

    order_id: str
    act: ActName
    said: Mapping[str, Any]  # what was typed
    status: int = 200
    words: str = ""
    code: str = ""  # why it was not done, for programs
    version: int = 0  # of the work order, with what was done
    asks: bool = False  # nothing is done yet: people are called out by it, and the page asks once

    @property
    def done(self) -> bool:
        """Whether it took effect."""
        return self.status == 200 and not self.asks


async def press_button(request: Request, desk: Desk, who: Person, order_id: str, act: str) -> Answer:
    """One press of a button; its form may bring photos, which are kept first."""
    name = next((each for each in ACTS if each == act), None)
    if name is None:
        raise Problem(404, "http-404")
    need_right(who, name)
    async with request.form(max_files=2 * PHOTOS_MOST, max_fields=60, max_part_size=FIELD_MOST) as form:
        return await _act(request, desk, who, order_id, name, form)


async def _act(request: Request, desk: Desk, who: Person, order_id: str, name: ActName, form: FormData) -> Answer:
    fields: dict[str, Any] = {field: value for field, value in form.items() if isinstance(value, str) and value.strip()}
    asked = ActRequest(seal_key(request, fields.get("key")), fields.get("seen"))
    try:
        said = {field: value for field, value in fields.items() if field not in NOT_OF_THE_BODY}
        said |= await _ready_made(desk, order_id, name, fields)
        said |= read_rows(form)
        for field, name_of_list in PHOTO_FIELDS.items():
            if photos := await _keep_photos(desk, who, order_id, form, field):
                said[name_of_list] = photos
        body = DECISIONS[name].body.model_validate(said)
        if calls_out(name, fields) and "sure" not in fields:
            return Answer(order_id, name, fields, asks=True)
        case = await act_on_order(desk, who, order_id, name, body, asked)
    except ValidationError as error:
        return Answer(order_id, name, fields, 422, say_wrong_fields(request, error), "invalid")
    except Reject as error:
        note_refusal(request, Problem(error.status, error.code))  # the page says it, so nobody else writes it down
        words = await say_refusal(request, desk, order_id, error)
        return Answer(order_id, name, fields, error.status, words, error.code)
    return Answer(order_id, name, fields, version=case.version)


def calls_out(act: ActName, fields: Mapping[str, Any]) -> bool:
    """Whether a team is rung for it, and its times become short."""
    return act == "prioritise" and fields.get("priority") == "emergency"


def foresee(desk: Desk, who: Person, case: Order, act: ActName, body: Body) -> Order:
    """As the work would be; as it is where that is refused, which is said when it is done."""
    try:
        step = decide(desk.town, case.state, act, Acting(Actor(sub=who.sub, name=who.name), now()), body)
    except Reject:
        return case
    return Case(case.id, case.version, step.state)


async def _ready_made(desk: Desk, order_id: str, name: ActName, fields: Mapping[str, Any]) -> dict[str, str]:
    """The words of a chosen response, for a browser without scripts: what was written stands."""
    field, code = WORDS_OF.get(name), fields.get("response")
    if field is None or not code or field in fields:
        return {}
    found = await desk.store.orders.get(order_id)
    text = response_text(desk.town, found.state, name, code) if found else None
    return {field: text} if text else {}


async def _keep_photos(desk: Desk, who: Person, order_id: str, form: FormData, field: str) -> list[str]:
    sent = [path for path in form.getlist(f"{field}{SENT}") if isinstance(path, str)]
    files = [each for each in form.getlist(field) if isinstance(each, UploadFile) and each.size]
    return [*sent, *[await add_photo(desk, who, order_id, await each.read(READ_MOST)) for each in files]]
