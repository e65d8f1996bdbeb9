"""What the restored databases remember to have said, against what is found in Kafka."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from pymongo.collection import Collection

from shared.events.catalogue import EVENTS, SERVICES
from shared.events.contacts import ContactRecorded
from shared.events.envelope import encode, read_envelope
from shared.events.reports import ReportHidden
from shared.events.undecodable import Undecodable
from shared.events.work_orders import WorkOrderHidden
from tools.operate.backups.database import LEFT_OUT, Databases

HIDDEN = {"reports": ReportHidden.type, "work-orders": WorkOrderHidden.type}
_NAMED_BY = {"reports": "reference", "work-orders": "report_id"}  # the one field of each


class Found(Protocol):
    """A record, of the broker or of a backup."""

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Any: ...


@dataclass(frozen=True)
class Told:
    """An event as far as its envelope says it; `data`: its value, empty of an erasure."""

    topic: str
    type: str
    family: str
    service: str  # that said it
    subject: str
    sequence: int
    time: datetime
    data: Mapping[str, Any]

    @property
    def reference(self) -> str:
        """As people know the case; empty where the event does not say it."""
        return str(self.data.get("reference", ""))

    @property
    def counted_as(self) -> str:
        """Under which name its case counts it."""
        party = self.subject.partition(":")[2]
        return f"{self.family}|{party}" if self.family == ContactRecorded.family else self.family

    @property
    def can_be_hidden(self) -> bool:
        """Readers of the public topic know a word by which they forget such a case."""
        return self.type not in HIDDEN.values() and _NAMED_BY.get(self.family) in self.data

    def as_hidden(self) -> bytes:
        """The value of that word."""
        name = _NAMED_BY[self.family]
        return encode({name: self.data[name]})


def read_event(topic: str, record: Found) -> Told | None:
    """None: it is no event of ours."""
    try:
        envelope = read_envelope(record.headers)
        event = EVENTS.get(envelope.type)
        data = json.loads(record.value) if record.value else {}
    except (Undecodable, ValueError):
        return None
    service = envelope.source.rpartition("/")[2]
    if event is None or service not in SERVICES or not isinstance(data, dict):
        return None
    return Told(topic, envelope.type, event.family, service, envelope.subject, envelope.sequence, envelope.time, data)


class Memory:
    """The cases of all services, by what they have said."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    def holds(self, one: Told) -> bool:
        """The case counts so far: the event belongs to what is remembered."""
        return any(counts.get(one.counted_as, 0) >= one.sequence for counts in self._counts(one))

    def _counts(self, one: Told) -> list[Mapping[str, int]]:
        """A contact is told by the case itself, or by a case of the party's own."""
        ids = list({one.subject, one.subject.partition(":")[0]})
        found = (cases.find({"_id": {"$in": ids}}, {"seq": 1}) for cases in self._cases[one.service])
        return [case["seq"] for some in found for case in some]

    @cached_property
    def _cases(self) -> Mapping[str, list[Collection[dict[str, Any]]]]:
        """The collections that hold cases, by service."""
        named = [(service, name) for service, name in self._databases.places() if name not in LEFT_OUT]
        return {
            service: [
                self._databases.of(service)[name]
                for of, name in named
                if of == service and self._databases.of(service)[name].find_one({"seq": {"$exists": True}}, {"_id": 1})
            ]
            for service in SERVICES
        }
