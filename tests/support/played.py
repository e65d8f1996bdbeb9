"""Builders for tests of the load player: events as its listener writes them down, and answers as its sender does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events.envelope import Envelope
from shared.events.ids import derive_id, new_id
from shared.events.reports import ReportFollowed
from shared.town.notices import NoticeRule
from tools.play.ledger import Ledger, Seen
from tools.play.reconcile import Rules, by_event
from tools.play.rows import Row
from tools.play.sending import Answer, Outcome

SUBMITTED, CREATED = "onestop.report.submitted.v1", "onestop.work-order.created.v1"
BEGAN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """That long after the requests were sent."""
    return BEGAN + timedelta(seconds=seconds)


def row(number: int = 1, text: str = "ท่อแตก") -> Row:
    """A row that asks for a burst pipe."""
    return Row(number, {"category": "water-leak", "text": text})


def answer(
    number: int = 1, outcome: Outcome = "accepted", reason: str = "", case: str = "", took: float = 0.05
) -> Answer:
    """What the API said to a row; the reference is `MH-<number>`."""
    if outcome != "accepted":
        return Answer(row(number), outcome, BEGAN, took, reason=reason)
    return Answer(row(number), outcome, BEGAN, took, 1, case or new_id(), f"MH-{number}", "secret")


def seen(event_type: str, subject: str, data: Mapping[str, Any], at: float = 0.0, event_id: str | None = None) -> Seen:
    """An event as it came from its topic."""
    envelope = Envelope(
        id=event_id or new_id(), source="/maehia/test", type=event_type, subject=subject, time=after(at), sequence=1,
        causation_id=new_id(), correlation_id=new_id(),
    )  # fmt: skip
    return Seen(envelope, data, after(at))


def submitted(case: str, at: float = 0.02) -> Seen:
    """The report is on the bus."""
    return seen(SUBMITTED, case, {"outside_town": False, "sensitive": False}, at)


def followed(case: str, at: float = 0.05) -> Seen:
    """Somebody else wants to hear of it."""
    return seen(ReportFollowed.type, case, {"followers": 1}, at)


def created(case: str, team: str | None = "works-water", at: float = 0.1, level: str = "crew") -> Seen:
    """Its work order too."""
    data = {"report_id": case, "team": team, "level": level, "rule": team and "water", "priority": "normal"}
    return seen(CREATED, new_id(), data, at)


def notice(
    case: str,
    about: str = CREATED,
    audience: str = "reporter",
    channel: str = "inbox",
    at: float = 0.2,
    outcome: str = "sent",
    delivery: str | None = None,
) -> Seen:
    """Somebody was told, or not."""
    data = {"case_id": case, "about": about, "audience": audience, "channels": [{"channel": channel}]}
    subject = delivery or derive_id(case, about, audience, channel)
    return seen(f"onestop.notice.{outcome}.v1", subject, data, at)


def rules() -> Rules:
    """The reporter hears of both steps, a follower of the work, by mail too; the team's own notices are no events."""
    return by_event((
        _rule("received", SUBMITTED, "reporter", ("inbox",)),
        _rule("routed", CREATED, "reporter", ("inbox",)),
        _rule("new-work", CREATED, "follower", ("inbox", "email"), {"priority": ("normal",)}),
        _rule("team", CREATED, "team", ("inbox",)),
        _rule("new-emergency", CREATED, "follower", ("inbox", "sms"), {"priority": ("emergency",)}),
    ))  # fmt: skip


def _rule(
    code: str, event: str, audience: str, channels: Sequence[str], when: Mapping[str, Any] | None = None
) -> NoticeRule:
    fields = {
        "code": code,
        "event": event,
        "audience": audience,
        "channels": channels,
        "template": code,
        "when": when or {},
    }
    return NoticeRule.model_validate(fields)


def whole(case: str) -> list[Seen]:
    """Everything that must come of one report."""
    told = [(SUBMITTED, "reporter", "inbox"), (CREATED, "reporter", "inbox"), (CREATED, "follower", "inbox"),
            (CREATED, "follower", "email")]  # fmt: skip
    return [submitted(case), followed(case), created(case), *(notice(case, *one) for one in told)]


def ledger(events: Sequence[Seen]) -> Ledger:
    """All of them written down."""
    found = Ledger()
    for event in events:
        found.note(event)
    return found
