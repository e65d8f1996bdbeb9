"""What one step writes: who hears of it."""

from datetime import UTC, datetime

from pydantic import BaseModel

from shared.events import ReportCommented, new_id
from shared.kernel.case import Cause, Step, Stored, plan


class Report(BaseModel):
    """A case."""


def topics(*, shown: bool) -> list[str]:
    said = ReportCommented(reference="MH-TEST-0001", category="welfare", by="reporter", text="ท่อแตก")
    step: Step[Report] = Step(Report(), [said])
    cause = Cause.request(at=datetime(2026, 11, 23, tzinfo=UTC))
    write = plan(Stored(new_id(), 0, None), step, cause, source="/town/intake", trace=None, shown=shown)
    return [message.topic for entry in write.entries for message in entry.messages]


def test_an_event_leaves_for_services_and_for_everybody_in_the_same_write() -> None:
    assert topics(shown=True) == ["internal.reports.v1", "public.reports.v1"]


def test_of_a_case_that_is_not_shown_the_public_hears_nothing() -> None:
    assert topics(shown=False) == ["internal.reports.v1"]
