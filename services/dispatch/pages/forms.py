"""Reads a page's form into the body of an action, does it, and says in the reader's language why it was not done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import add_photo, do
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.store import Store
from shared.kernel import Reject
from shared.town import Town
from shared.town.vocabulary import OUTCOMES
from shared.web import Person, Problem, field_errors, language_of, web_of

ACTIONS: dict[str, type[Body]] = {
    "acknowledge": bodies.Acknowledge,
    "start": bodies.Start,
    "pause": bodies.Pause,
    "resume": bodies.Resume,
    "complete": bodies.Complete,
    "refuse": bodies.Refuse,
    "refer": bodies.Refer,
    "assign": bodies.Assign,
    "cancel": bodies.Cancel,
}
DESK_ONLY = frozenset(("assign", "cancel"))
NOT_OF_THE_BODY = frozenset(("key", "back", "photo", "seen"))


@dataclass(frozen=True)
class Answer:
    """What came of a form: the work order as it is now, or why nothing was done."""

    order_id: str
    action: str
    said: Mapping[str, Any]  # what was typed
    status: int = 200
    words: str = ""

    @property
    def done(self) -> bool:
        """Whether it took effect."""
        return self.status == 200


async def perform(request: Request, store: Store, town: Town, who: Person, order_id: str, action: str) -> Answer:
    """One press of a button."""
    kind = ACTIONS.get(action)
    if kind is None:
        raise Problem(404, "http-404")
    if action in DESK_ONLY and not who.may("officer", "supervisor"):
        raise Problem(403, "role", detail_args={"roles": "officer, supervisor"})
    form = await request.form(max_files=6, max_fields=30)
    fields: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str) and value.strip()}
    key = str(fields.get("key", "")) or None
    try:
        said = {name: value for name, value in fields.items() if name not in NOT_OF_THE_BODY}
        pictures = [each for each in form.getlist("photo") if isinstance(each, UploadFile) and each.size]
        if pictures:
            said["photos"] = [await add_photo(store, who, order_id, await each.read()) for each in pictures]
        await do(store, town, who, order_id, kind.model_validate(said), key, fields.get("seen"))
    except ValidationError as error:
        wrong = field_errors(error, language_of(request))
        words = " ".join(f"{_label(request, each.field)}: {each.message}" for each in wrong)
        return Answer(order_id, action, fields, 422, words)
    except Reject as error:
        return Answer(order_id, action, fields, error.status, await _words(request, store, order_id, error))
    return Answer(order_id, action, fields)


def state_words(request: Request, order: WorkOrder) -> str:
    """Where the work stands, and how it ended."""
    language = language_of(request)
    words = web_of(request).pages.words
    if order.state == "completed" and order.outcome not in (None, "fixed"):
        return OUTCOMES[str(order.outcome)].get(language)
    if order.state == "completed" and order.wants_answer:
        return words(language, "state.answered")
    return words(language, f"state.{order.state}")


async def _words(request: Request, store: Store, order_id: str, error: Reject) -> str:
    """The refusal in the reader's language, with the state as it is now and who brought it there."""
    pages, language = web_of(request).pages, language_of(request)
    key = f"reject.{error.code}"
    if not pages.words.has(key):
        return error.detail
    found = await store.orders.get(order_id)
    values = {"state": "", "who": "", "team": ""}
    if found is not None:
        last = found.state.brought_here
        values = {
            "state": state_words(request, found.state),
            "who": last.actor.name or last.actor.sub if last and last.actor else pages.words(language, "who.system"),
            "team": pages.town.team_name(found.state.team, language),
        }
    return pages.words(language, key, **values)


def _label(request: Request, field: str) -> str:
    words = web_of(request).pages.words
    key = f"form.{field}"
    return words(language_of(request), key) if words.has(key) else field
