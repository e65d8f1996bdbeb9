"""Reports as intake decides about them, for tests of its domain: builders with sensible defaults."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.intake.domain.report import Location, Report
from services.intake.domain.submission import Contact, Submission, submit
from shared.events.notices import ChannelEnd, ChannelOutcome
from shared.events.work_orders import WorkOrderCreated, WorkOrderDropped, WorkOrderEvent, WorkOrderTaken
from shared.kernel import Step
from shared.town import Town, load_town

MAEHIA = Path(__file__).parents[2] / "deploy/municipalities/maehia"
CASE = "01KB57W4K0ZQ3T8V6M2N9PX7HC"
OTHER_CASE = "01KB58QKA8F4R7D1WJ5SCE6YTG"
ORDER = "01KB57W53GN6B2X8QK4HT9VR0M"
OTHER_ORDER = "01KB58QMC0T5Z9E3PD7AWF1JYS"
INCIDENT = "01KB58QMC0T5Z9E3PD7AWF1JY0"
NO_LINE = (WorkOrderTaken, WorkOrderDropped)  # who of a team has it is nobody else's to know
AT = datetime(2026, 11, 23, 1, 42, 7, 315000, tzinfo=UTC)
MARKET = Location(latitude=18.7431, longitude=98.9638, accuracy_m=12, address="หน้าตลาด 99/1")
MAIL = Contact(name="สมชาย", email="somchai@example.org", language="th")


@cache
def town() -> Town:
    """Mae Hia, as shipped."""
    return load_town(MAEHIA)


def unmarked_town(code: str) -> Town:
    """Mae Hia with a category that is not public and that nobody marked as sensitive; no folder can say so."""
    hidden = town().categories[code].model_copy(update={"public": False, "sensitive": False})
    return town().model_copy(update={"categories": {**town().categories, code: hidden}})


def category(*, sensitive: bool | None = None, public: bool = True) -> str:
    """A category of the profile with these properties."""
    return next(
        code for code, one in town().categories.items() if one.public == public and sensitive in (None, one.sensitive)
    )


def submission(**changes: Any) -> Submission:
    """A burst pipe in front of the market."""
    given: dict[str, Any] = {
        "category": category(sensitive=False), "text": "ท่อแตก โทร 081-234-5678", "location": MARKET,
    }  # fmt: skip
    return Submission(**{**given, **changes})


def submitted(**changes: Any) -> Step[Report]:
    """The step that opens the report."""
    return submit(CASE, "MH-4K7T-29Q8", submission(**changes), town(), AT)


def report(**changes: Any) -> Report:
    """A fresh report; `changes` are fields of its state."""
    return submitted().state.model_copy(update=changes)


def after(minutes: float) -> datetime:
    """Minutes after the report."""
    return AT + timedelta(minutes=minutes)


def work(model: type[WorkOrderEvent], **data: Any) -> Any:
    """An event about the report's work."""
    common: dict[str, Any] = {
        "report_id": CASE, "reference": "MH-4K7T-29Q8", "category": "water-leak", "team": "works-water",
    }  # fmt: skip
    if model is WorkOrderCreated:
        common |= {"priority": "high", "rules_version": "1", "service_level": "urgent"}
    return model.model_validate({**common, **data})


def by_mail(outcome: ChannelEnd, reason: str | None = None) -> list[ChannelOutcome]:
    """What became of a notice by e-mail; the inbox has it always."""
    return [
        ChannelOutcome(channel="inbox", outcome="sent"),
        ChannelOutcome(channel="email", outcome=outcome, reason=reason, attempts=1),
    ]
