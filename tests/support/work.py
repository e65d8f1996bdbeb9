"""Reports and work orders for tests of dispatch: believable ones with a few words."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.dispatch.domain import clocks, from_report
from services.dispatch.domain.from_report import begin_work
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.parts import AboutReport
from services.dispatch.domain.routing import Facts
from services.dispatch.domain.work_order import WorkOrder, moments
from services.dispatch.routing_facts import facts_of_report
from shared.events.base import Place
from shared.events.ids import new_id
from shared.events.reports import ReportReopened, ReportSubmitted
from shared.events.work_orders import Priority
from shared.kernel import Step, now
from shared.town import Town, load_town

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in the town, a working day
SOMCHAI = Actor(sub="crew-water", name="บุญมี สายน้ำ")
OFFICER = Actor(sub="officer", name="นภา รับเรื่อง")
MARKET = Place(latitude=18.7425, longitude=98.9438, accuracy_m=8)


@cache
def town(name: str = "maehia") -> Town:
    """A town of this repository."""
    return load_town(ROOT / "deploy/municipalities" / name)


def with_days(town: Town, code: str, days: int) -> Town:
    """The profile by which reports of that category may be opened again for so long."""
    category = town.categories[code].model_copy(update={"reopen_days": days})
    return town.model_copy(update={"categories": {**town.categories, code: category}})


def by(actor: Actor, at: datetime, happened_at: datetime | None = None, *, team: str | None = None) -> Acting:
    """Somebody does something at that time, or did it before on a device that was out of reach; as one of a team, or as
    the desk does."""
    return Acting(actor, at, happened_at, team)


def facts(category: str = "water-leak", **more: Any) -> Facts:
    """What the rules look at, on a working day."""
    return Facts(**{"category": category, "at": MONDAY, "working": True, **more})


def submitted(category: str = "water-leak", **more: Any) -> ReportSubmitted:
    """A report about a burst pipe, unless said otherwise."""
    said: dict[str, Any] = {
        "reference": "MH-7F3K-9QX2", "category": category, "kind": "problem", "channel": "web",
        "submitted_at": MONDAY, "text": "ท่อประปาแตกหน้าตลาด น้ำพุ่งท่วมถนน", "location": MARKET,
    }  # fmt: skip
    return ReportSubmitted(**{**said, **more})


def fresh(category: str = "water-leak", **more: Any) -> ReportSubmitted:
    """A report that comes just now; its words are routed the same at any hour of any day."""
    return submitted(category, **{"text": "น้ำซึมใต้ถนนในซอย", "submitted_at": now(), **more})


def begun(
    event: ReportSubmitted | None = None, *, name: str = "maehia", report_id: str | None = None
) -> Step[WorkOrder]:
    """The first step of the work on a report."""
    event = event or submitted()
    report = AboutReport(id=report_id or new_id(), since=1)
    return begin_work(town(), event, report, facts_of_report(town(), event, event.submitted_at))


def wake_at(order: WorkOrder) -> datetime | None:
    """When time next changes something; what parent and children must hear of each other is no matter of time."""
    return min((moment.at for moment in moments(order) if moment.name not in ("children", "parent")), default=None)


def order(category: str = "water-leak", **more: Any) -> WorkOrder:
    """A work order as it is right after its report came."""
    return begun(submitted(category, **more)).state


def reopened(before: WorkOrder, at: datetime, **more: Any) -> Step[WorkOrder]:
    """The first step of the work that begins because a resident opened the report of `before` again."""
    said = {
        "times": 1,
        "text": before.text,
        "location": before.place and before.place.model_dump(),
        "reason": "ยังรั่วอยู่",
        **more,
    }
    event = ReportReopened(reference=before.reference, category=before.category, **said)
    report = AboutReport(id=before.report.id, since=9)
    facts = from_report.gather_facts_again(town(), event, before, at)
    return from_report.begin_again(town(), event, report, before, facts, at)


def promised_times(
    town: Town, service_level: str, priority: Priority, at: datetime
) -> tuple[datetime | None, datetime | None]:
    """When work whose clocks start then must be acknowledged, and resolved."""
    both = clocks.start(town, service_level, priority, "1", at)
    acknowledge, resolve = (clock.due_at if clock else None for clock in (both.acknowledge, both.resolve))
    return acknowledge, resolve
