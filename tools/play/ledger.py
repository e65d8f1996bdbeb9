"""What was seen on the bus, by case: submitted, work orders, incidents, notices. Pure: the listener fills it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.events.envelope import Envelope
from shared.events.reports import ReportFollowed, ReportSubmitted
from shared.events.work_orders import WorkOrderCompleted, WorkOrderCreated


@dataclass(frozen=True)
class Seen:
    """One event; `at` is the broker's time of it."""

    envelope: Envelope
    data: Mapping[str, Any]
    at: datetime

    @property
    def noun(self) -> str:
        """`report`, `work-order`, `permit`, `notice`."""
        return self.envelope.type.split(".")[1]

    @property
    def verb(self) -> str:
        """`submitted`, `created`, `sent`, …"""
        return self.envelope.type.split(".")[2]


@dataclass
class Story:
    """Everything seen about one case: distinct events, in the order in which they came."""

    submitted: list[Seen] = field(default_factory=list)
    created: list[Seen] = field(default_factory=list)  # work orders about it
    completed: list[Seen] = field(default_factory=list)
    incidents: list[Seen] = field(default_factory=list)  # what the report was told of an incident that it is in
    followed: list[Seen] = field(default_factory=list)
    permits: list[Seen] = field(default_factory=list)
    notices: list[Seen] = field(default_factory=list)

    @property
    def begun(self) -> list[Seen]:
        """The events that this run caused and that somebody must be told of, each once."""
        return [*self.submitted[:1], *self.created[:1], *self.incidents, *self.completed[:1], *self.permits]

    def times(self, verb: str) -> int:
        """How often its incident said that."""
        return sum(one.verb == verb for one in self.incidents)


class Ledger:
    """Stories by case. A second copy of an event (same id) is counted and changes nothing, as for every consumer."""

    def __init__(self) -> None:
        self.copies = 0
        self.channels = {"inbox"}  # everybody has one; the others are those that were seen in use
        self.touched: set[str] = set()  # cases with news since this was last cleared
        self._stories: defaultdict[str, Story] = defaultdict(Story)
        self._known: set[str] = set()

    def note(self, seen: Seen) -> None:
        """Write it down under each case that it is about."""
        if seen.envelope.id in self._known:
            self.copies += 1
            return
        self._known.add(seen.envelope.id)
        kind, subject = seen.envelope.type, seen.envelope.subject
        if kind == ReportSubmitted.type:
            self._of(subject).submitted.append(seen)
        elif kind == WorkOrderCreated.type:
            self._of(seen.data["report_id"]).created.append(seen)
        elif kind == WorkOrderCompleted.type:
            self._of(seen.data["report_id"]).completed.append(seen)
        elif kind == ReportFollowed.type:
            self._of(subject).followed.append(seen)
        elif seen.noun == "incident" and subject == seen.data["report_id"]:
            self._of(subject).incidents.append(seen)
        elif seen.noun == "permit":
            self._of(subject).permits.append(seen)
        elif seen.noun == "notice":
            self._of(seen.data["case_id"]).notices.append(seen)
            self.channels.update(one["channel"] for one in seen.data["channels"])

    def _of(self, case_id: str) -> Story:
        self.touched.add(case_id)
        return self._stories[case_id]

    def story(self, case_id: str) -> Story:
        """What is known about the case; empty when nothing is."""
        return self._stories.get(case_id) or Story()
