"""Who and when of the examples: fixed ids and times, so that the generated files never change by themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.events.base import Event
from shared.events.catalogue import FAMILIES
from shared.events.envelope import Envelope
from shared.events.ids import derive_id

REPORT = "01KB57W4K0ZQ3T8V6M2N9PX7HC"  # a burst pipe in front of the market
SECOND_REPORT = "01KB58QKA8F4R7D1WJ5SCE6YTG"  # the same pipe, seen by a neighbour
WORK_ORDER = "01KB57W53GN6B2X8QK4HT9VR0M"
SHARE = "01KB5DG9T2R7Y4M1XA6ZEC8WJD"  # of the work, when two teams do one each
SHARE_TOO = "01KB5DG9T2V3Q8N5BF0HKS9PTG"
INCIDENT = "01KB58QMC0T5Z9E3PD7AWF1JYS"
APPLICATION = "01KB2MCN70HX5V8R1Q9TGB4WEK"  # a house of one storey
HELD_PERMIT = "01KB2P7Y3D9K6T0W8ZSJ5XQ4NE"  # another house, from its first day to its acceptance
NOTICE = "01KB57W5Y8C3S7J6D0NFAK2MQZ"
REPORTED = datetime(2026, 11, 23, 1, 42, 7, 315000, tzinfo=UTC)  # 08:42 in Mae Hia, a Monday
APPLIED = datetime(2026, 11, 20, 3, 5, 0, tzinfo=UTC)  # the Friday before

_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@dataclass(frozen=True)
class Example:
    """An event with the envelope it travelled in."""

    envelope: Envelope
    event: Event


def after(minutes: float, start: datetime = REPORTED) -> datetime:
    """That many minutes into the story."""
    return start + timedelta(minutes=minutes)


def story(subject: str, start: datetime, *chapters: tuple[float, Event]) -> tuple[Example, ...]:
    """Consecutive events of one case: each with the minutes since `start`."""
    return tuple(
        Example(_envelope(subject, sequence, after(minutes, start), event), event)
        for sequence, (minutes, event) in enumerate(chapters, start=1)
    )


def _envelope(subject: str, sequence: int, time: datetime, event: Event) -> Envelope:
    case = subject.partition(":")[0]
    return Envelope(
        id=derive_id(case, event.type),
        source=f"/maehia/{FAMILIES[event.family].writers[0]}",
        type=event.type,
        subject=subject,
        time=time,
        sequence=sequence,
        causation_id=derive_id(case, "cause", event.type),
        correlation_id=derive_id(case, "correlation"),
        traceparent=_TRACE,
        team=getattr(event, "team", None),
        category=getattr(event, "category", None),
        zone=getattr(event, "zone", None),
        agency=getattr(event, "agency", None),
        audience=getattr(event, "audience", None),
    )
