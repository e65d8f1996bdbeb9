"""The town's ready-made responses, filled with what a case says, in the language of whoever is to read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.dispatch.domain.work_order import WorkOrder
from shared.town import Town
from shared.town.notices import fill
from shared.words import LANGUAGES
from shared.words.dates import datetime_text

# The field of each act's form that holds the words.
WORDS_OF: Mapping[str, str] = {"complete": "note", "refer": "text", "cancel": "reason", "refuse": "reason"}


@dataclass(frozen=True)
class Offered:
    """One of them: `code` with the language, as a form sends it."""

    code: str
    title: str
    language: str
    text: str


def responses_for(town: Town, order: WorkOrder, act: str, language: str) -> list[Offered]:
    """Those that fit the act and the category, in each language; the titles in the officer's."""
    fitting = [one for one in town.responses if one.fits(act, order.category)]
    return [
        Offered(f"{one.code}.{other}", one.title.get(language), other, _fill(town, order, one.text.get(other), other))
        for other in LANGUAGES
        for one in fitting
    ]


def response_text(town: Town, order: WorkOrder, act: str, code: str) -> str | None:
    """The words of the one that was chosen; None for a code that is not offered there."""
    return next((one.text for one in responses_for(town, order, act, "th") if one.code == code), None)


def _fill(town: Town, order: WorkOrder, text: str, language: str) -> str:
    due = datetime_text(order.due_at, ZoneInfo(town.timezone), language) if order.due_at else ""
    values = {
        "town": town.name.get(language),
        "phone": town.contact.phone or "",
        "reference": order.reference,
        "category": town.category_name(order.category, language),
        "team": town.team_name(order.team, language),
        "due_at": due,
    }
    return fill(text, values)
