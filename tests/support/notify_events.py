"""Events as notify hears them: one report's or application's, with envelopes whose sequences and times fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events.absences import ABSENCE_LIST, AbsencesChanged
from shared.events.base import Event
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import new_id
from shared.events.permit_base import PermitEvent
from shared.events.permits import PermitDecided, PermitSubmitted
from shared.events.reports import ReportFollowed, ReportSeparated, ReportSubmitted
from shared.events.topics import CONTACTS, internal
from shared.events.work_orders import WorkOrderCompleted, WorkOrderCreated
from shared.kernel import Tombstone
from shared.references import make_reference

Word = tuple[Event, Envelope]
BEGAN = datetime(2026, 11, 23, 1, 42, 7, tzinfo=UTC)  # 08:42 in Mae Hia, a Monday
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@dataclass
class Story:
    """A case and its work order; each call is the next thing that happens, a minute later."""

    case_id: str = field(default_factory=new_id)
    order_id: str = field(default_factory=new_id)
    reference: str = "MH-4K7T-29Q6"
    trace: str | None = TRACE
    minutes: int = 0
    sequences: dict[str, int] = field(default_factory=dict)

    def submitted(self, parties: Sequence[str] = ("reporter",), **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "kind": "problem", "channel": "web", "submitted_at": BEGAN, "text": "ท่อประปาแตกหน้าตลาด",
            "parties": list(parties), **changes,
        }  # fmt: skip
        return self._word(ReportSubmitted(**{**self._report(), **fields}), self.case_id)

    def followed(self, party: str, followers: int = 1, **changes: Any) -> Word:
        fields: dict[str, Any] = {"followers": followers, "parties": [party], **changes}
        return self._word(ReportFollowed(**{**self._report(), **fields}), self.case_id)

    def separated(self, from_report: str, **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "times": 1, "from_report": from_report, "from_reference": "MH-AAAA-BBBB", "kind": "problem",
            "channel": "web", "text": "ท่อแตกอีกซอย", **changes,
        }  # fmt: skip
        return self._word(ReportSeparated(**{**self._report(), **fields}), self.case_id)

    def created(self, **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "reference": self.reference, "zone": "ban-tamnak", "priority": "high", "rule": "pipes",
            "rules_version": "1-abc", "service_level": "urgent", "acknowledge_by": BEGAN + timedelta(minutes=30),
            "due_at": BEGAN + timedelta(hours=4), **changes,
        }  # fmt: skip
        return self._word(WorkOrderCreated(**{**self._work(), **fields}), self.order_id)

    def completed(self, **changes: Any) -> Word:
        fields = {"note": "เปลี่ยนท่อที่แตกแล้ว", **changes}
        return self._word(WorkOrderCompleted(**{**self._work(), **fields}), self.order_id)

    def of_report(self, kind: type[Event], **fields: Any) -> Word:
        return self._word(kind(**{**self._report(), **fields}), self.case_id)

    def of_work(self, kind: type[Event], **fields: Any) -> Word:
        return self._word(kind(**{**self._work(), **fields}), self.order_id)

    def applied(self, parties: Sequence[str] = ("applicant",), **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "reference": self.reference, "permit_type": "house", "submitted_at": BEGAN, "parties": list(parties),
            **changes,
        }  # fmt: skip
        said = PermitSubmitted(**fields)
        return self._word(said, self.case_id)

    def of_permit(self, kind: type[PermitEvent], **fields: Any) -> Word:
        return self._word(kind(reference=self.reference, **fields), self.case_id)

    def decided(self, **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "reference": self.reference, "permit_type": "house", "decision": "approved", "number": "MH-12/2569",
            "decided_at": BEGAN + timedelta(hours=2), "verify_code": "VC-8K2M-4QTX", **changes,
        }  # fmt: skip
        return self._word(PermitDecided(**fields), self.case_id)

    def away(self, said: AbsencesChanged) -> Word:
        return self._word(said, ABSENCE_LIST)

    def contact(self, party: str = "reporter", **changes: Any) -> Word:
        fields: dict[str, Any] = {
            "name": "สมหญิง ใจดี", "email": f"{party}@example.org", "confirmed": True, **changes,
        }  # fmt: skip
        said = ContactRecorded(case_id=self.case_id, party=party, **fields)
        return self._word(said, contact_key(self.case_id, party))

    def erased(self, party: str = "reporter") -> Word:
        return self._word(Tombstone(), contact_key(self.case_id, party), ContactRecorded.type)

    def _report(self) -> dict[str, Any]:
        return {"reference": self.reference, "category": "water-leak"}

    def _work(self) -> dict[str, Any]:
        return {
            "report_id": self.case_id, "reference": self.reference, "category": "water-leak", "team": "works-water",
        }  # fmt: skip

    def _word(self, event: Event, subject: str, kind: str | None = None) -> Word:
        self.minutes += 1
        self.sequences[subject] = self.sequences.get(subject, 0) + 1
        envelope = Envelope(
            id=new_id(), source="/maehia/intake", type=kind or event.type, subject=subject,
            time=BEGAN + timedelta(minutes=self.minutes), sequence=self.sequences[subject], causation_id=new_id(),
            correlation_id=self.case_id, traceparent=self.trace,
        )  # fmt: skip
        return event, envelope


def new_story() -> Story:
    """A case whose reference nobody else has."""
    case_id = new_id()
    return Story(case_id=case_id, reference=make_reference("MH", case_id))


def record(word: Word) -> dict[str, Any]:
    """The word as a producer sends it: `producer.send_and_wait(**record(word))`."""
    event, envelope = word
    gone = isinstance(event, Tombstone)
    topic = CONTACTS if event.family == "contacts" else internal(event.family)
    value = None if gone else encode(event.data())
    return {"topic": topic, "key": envelope.subject.encode(), "value": value, "headers": to_headers(envelope)}
