"""The town's ready-made responses to applicants, filled with what an application says."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from services.permits.domain.application import Application
from services.permits.pages.forms import text_of
from shared.town import Town
from shared.town.responses import Offered, PermitAct, offer, text_of_response
from shared.words import LANGUAGES
from shared.words.dates import datetime_text


def responses_for(town: Town, application: Application, act: PermitAct, language: str) -> list[Offered]:
    """Those that fit the act and the permit type."""
    fitting = [one for one in town.responses if one.fits(act, application.type)]
    return offer(fitting, language, {other: _values(town, application, other) for other in LANGUAGES})


def choose_response(sent: FormData, field: str, offered: Sequence[Offered], choice: str = "response") -> str:
    """What was written; where nothing was, the ready-made words that were chosen: a browser without scripts cannot put
    them into the field."""
    written = text_of(sent, field)
    return written if written.strip() else text_of_response(offered, text_of(sent, choice)) or ""


def _values(town: Town, application: Application, language: str) -> Mapping[str, str]:
    due = application.due_at
    return {
        "town": town.name.get(language),
        "phone": town.contact.phone or "",
        "reference": application.reference,
        "permit_type": town.permit_name(application.type, language),
        "team": town.team_name(application.pin.team if application.pin else None, language),
        "due_at": datetime_text(due, ZoneInfo(town.timezone), language) if due else "",
    }
