"""The town's ready-made responses, filled with what a case says, in the language of whoever is to read them."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from services.dispatch.domain.work_order import WorkOrder
from shared.town import Town
from shared.town.responses import Offered, offer, text_of_response
from shared.words import LANGUAGES
from shared.words.dates import datetime_text

# The field of each act's form that holds the words.
WORDS_OF: Mapping[str, str] = {"complete": "note", "refer": "text", "cancel": "reason", "refuse": "reason"}


def responses_for(town: Town, order: WorkOrder, act: str, language: str) -> list[Offered]:
    """Those that fit the act and the category."""
    fitting = [one for one in town.responses if one.fits(act, order.category)]
    return offer(fitting, language, {other: _values(town, order, other) for other in LANGUAGES})


def response_text(town: Town, order: WorkOrder, act: str, code: str) -> str | None:
    """The words of the one that was chosen; None for a code that is not offered there."""
    return text_of_response(responses_for(town, order, act, "th"), code)


def _values(town: Town, order: WorkOrder, language: str) -> Mapping[str, str]:
    return {
        "town": town.name.get(language),
        "phone": town.contact.phone or "",
        "reference": order.reference,
        "category": town.category_name(order.category, language),
        "team": town.team_name(order.team, language),
        "due_at": datetime_text(order.due_at, ZoneInfo(town.timezone), language) if order.due_at else "",
    }
