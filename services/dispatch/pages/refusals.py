"""Refusals in the reader's language, with the work as it stands now and who brought it there."""

from zoneinfo import ZoneInfo

from fastapi import Request
from pydantic import ValidationError

from services.dispatch.commands import Desk
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Reject
from shared.town.vocabulary import OUTCOMES
from shared.web import field_errors, language_of, web_of
from shared.words.dates import datetime_text


async def say_refusal(request: Request, desk: Desk, order_id: str, error: Reject, *, outside: bool = False) -> str:
    """The words for its code; what has none says its own detail. `outside`: to somebody of an agency, who is not told
    which of the town's people it was."""
    pages, language = web_of(request).pages, language_of(request)
    key = f"refused.{error.code}"
    if not pages.words.has(key):
        return error.detail
    found = await desk.store.orders.get(order_id)
    values = {"state": "", "who": "", "at": "", "team": "", "person": ""}
    if found is not None:
        last = found.state.arrival
        own = last.actor.name or last.actor.sub if last and last.actor else pages.words(language, "who.system")
        person = found.state.person.shown if found.state.person else ""
        someone = pages.words(language, "refused.the-town")
        values = {
            "state": state_words(request, found.state),
            "who": someone if outside else own,
            "at": datetime_text(last.happened, ZoneInfo(desk.town.timezone), language) if last else "",
            "team": desk.town.team_name(found.state.team, language),
            "person": someone if outside and person else person,
        }
    return pages.words(language, key, **values)


def say_wrong_fields(request: Request, error: ValidationError) -> str:
    """Each field by its label, and what is wrong with it."""
    wrong = field_errors(error, language_of(request))
    return " ".join(f"{_label(request, each.field)}: {each.message}" for each in wrong)


def state_words(request: Request, order: WorkOrder) -> str:
    """Where the work stands, and how it ended."""
    language = language_of(request)
    words = web_of(request).pages.words
    if order.state == "completed" and order.outcome in OUTCOMES and order.outcome != "fixed":
        return OUTCOMES[order.outcome].get(language)
    if order.state == "completed" and order.wants_answer:
        return words(language, "state.answered")
    key = f"state.{order.state}"
    return words(language, key) if words.has(key) else order.state


def _label(request: Request, field: str) -> str:
    """Of a field in a row its last name: `materials.0.quantity`."""
    words = web_of(request).pages.words
    key = f"form.{field.rpartition('.')[2]}"
    return words(language_of(request), key) if words.has(key) else field
