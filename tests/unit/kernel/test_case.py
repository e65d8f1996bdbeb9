"""What one step writes: who hears of it, and what they are told."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from shared.events import Event, NoticeSent, ReportAmended, ReportCommented, ReportHidden, new_id
from shared.kernel.case import Cause, Step
from shared.kernel.outbox import Message
from shared.kernel.write import Stored, plan

REFERENCE = "MH-TEST-0001"
COMMENTED = ReportCommented(reference=REFERENCE, category="welfare", by="reporter", text="ท่อแตก")
AMENDED = ReportAmended(reference=REFERENCE, category="other", previous_category="welfare", text="ท่อแตก")


class Report(BaseModel):
    """A case."""


def messages(*said: Event, shown: bool = True, was_shown: bool = True) -> Sequence[Message]:
    step: Step[Report] = Step(Report(), said)
    cause = Cause.request(at=datetime(2026, 11, 23, tzinfo=UTC))
    stored: Stored[Report] = Stored(new_id(), 0, None)
    write = plan(stored, step, cause, source="/town/intake", trace=None, shown=shown, was_shown=was_shown)
    return [message for entry in write.entries for message in entry.messages]


def topics(found: Sequence[Message]) -> list[str]:
    return [message.topic for message in found]


def data(message: Message) -> dict[str, Any]:
    assert message.value is not None
    read: dict[str, Any] = json.loads(message.value)
    return read


def test_an_event_leaves_for_services_and_for_everybody_in_the_same_write() -> None:
    assert topics(messages(COMMENTED)) == ["internal.reports.v1", "public.reports.v1"]


def test_of_a_case_that_is_not_shown_the_public_hears_nothing() -> None:
    assert topics(messages(COMMENTED, shown=False)) == ["internal.reports.v1"]


def test_that_a_case_is_hidden_from_now_on_is_told_to_everybody_and_nothing_else_of_it() -> None:
    amended, hidden, shown = messages(AMENDED, ReportHidden(reference=REFERENCE), shown=False)
    assert topics([amended, hidden, shown]) == ["internal.reports.v1", "internal.reports.v1", "public.reports.v1"]
    assert data(shown) == {"reference": REFERENCE}


def test_what_was_true_while_a_case_was_hidden_is_told_to_services_alone() -> None:
    internal, public = messages(AMENDED, was_shown=False)
    assert data(internal)["previous_category"] == "welfare"
    assert (data(public)["category"], data(public)["previous_category"]) == ("other", None)
    assert data(messages(AMENDED)[1])["previous_category"] == "welfare"


def test_a_notice_is_for_the_services_alone_and_says_for_whom_in_its_headers() -> None:
    notice = NoticeSent(case_id=new_id(), reference=REFERENCE, about=AMENDED.type, audience="reporter", channels=[])
    step: Step[Report] = Step(Report(), [notice])
    cause = Cause.request(at=datetime(2026, 11, 23, tzinfo=UTC))
    (entry,) = plan(Stored(new_id(), 0, None), step, cause, source="/town/notify", trace=None).entries
    assert topics(entry.messages) == ["internal.notices.v1"]
    assert dict(entry.headers)["ce_audience"] == b"reporter"
