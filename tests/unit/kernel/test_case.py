"""What one step writes: who hears of it, and what they are told."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from shared.events.base import Event
from shared.events.envelope import SEQUENCES
from shared.events.ids import new_id
from shared.events.notices import NoticeSent
from shared.events.reports import ReportAmended, ReportCommented, ReportHidden
from shared.kernel import Cause, Moment, Step
from shared.kernel.outbox import Message
from shared.kernel.restored import floor_at
from shared.kernel.write import Stored, Write, plan

REFERENCE, AT = "MH-TEST-0001", datetime(2026, 11, 23, tzinfo=UTC)
COMMENTED = ReportCommented(reference=REFERENCE, category="welfare", by="reporter", text="ท่อแตก")
AMENDED = ReportAmended(reference=REFERENCE, category="other", previous_category="welfare", text="ท่อแตก")


class Report(BaseModel):
    """A case."""


def messages(*said: Event, shown: bool = True, was_shown: bool = True) -> Sequence[Message]:
    step: Step[Report] = Step(Report(), said)
    cause = Cause.request(at=AT)
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
    cause = Cause.request(at=AT)
    (entry,) = plan(Stored(new_id(), 0, None), step, cause, source="/town/notify", trace=None).entries
    assert topics(entry.messages) == ["internal.notices.v1"]
    assert dict(entry.headers)["ce_audience"] == b"reporter"


def sequences(write: Write[Report]) -> list[int]:
    return [int(dict(entry.headers)["ce_sequence"]) for entry in write.entries]


def test_what_a_restored_database_tells_is_numbered_above_all_that_was_told_before() -> None:
    before: Stored[Report] = Stored(new_id(), 3, Report(), sequences={"reports": 5})
    step: Step[Report] = Step(Report(), [COMMENTED, COMMENTED])
    first = plan(before, step, Cause.request(), source="/town/x", trace=None, floor=1000)
    assert sequences(first) == [1001, 1002]
    then = plan(first.case, step, Cause.request(), source="/town/x", trace=None, floor=1000)
    assert sequences(then) == [1003, 1004], "one by one again, so that a gap shows a loss"
    anew = plan(then.case, step, Cause.request(), source="/town/x", trace=None, floor=2000)
    assert sequences(anew) == [2001, 2002], "restored once more"


def test_a_floor_lies_above_every_floor_before_it_and_within_what_an_envelope_may_say() -> None:
    first, second = floor_at(AT), floor_at(AT + timedelta(minutes=1))
    assert first + 1_000_000 < second
    assert floor_at(AT + timedelta(days=365 * 100)) in SEQUENCES


def correlation(write: Write[Report]) -> str:
    return dict(write.entries[0].headers)["ce_correlationid"].decode()


def test_a_case_says_what_it_all_began_with_whoever_acts_on_it_later() -> None:
    report, order = new_id(), new_id()
    opened = replace(Cause.request(), correlation_id=report)  # by an event of the report
    first = plan(Stored(order, 0, None), Step(Report(), [COMMENTED]), opened, source="/town/x", trace=None)
    stored = first.case
    for later in (Cause.request(), Cause.timer(order, Moment("alarm", AT))):
        write = plan(stored, Step(Report(), [COMMENTED]), later, source="/town/x", trace=None)
        assert correlation(write) == report
        stored = write.case
    other = replace(Cause.request(), correlation_id=new_id())
    write = plan(stored, Step(Report(), [COMMENTED]), other, source="/town/x", trace=None)
    assert correlation(write) == other.correlation_id, "an event that brings its own is told with that"
    assert write.case.correlation == report


def test_a_case_that_begins_with_a_request_is_what_it_all_began_with() -> None:
    case_id = new_id()
    stored: Stored[Report] = Stored(f"{case_id}:reporter", 0, None)
    write = plan(stored, Step(Report(), [COMMENTED]), Cause.request(), source="/town/x", trace=None)
    assert correlation(write) == case_id


@pytest.mark.parametrize(
    ("device", "shown"),
    [
        (timedelta(hours=-3), timedelta(hours=-3)),
        (timedelta(days=-7), timedelta(days=-7)),
        (timedelta(days=-7, seconds=-1), timedelta()),
        (timedelta(seconds=90), timedelta()),
        (timedelta(hours=1), timedelta()),
        (None, timedelta()),
    ],
)
def test_a_device_s_clock_is_believed_within_reason(device: timedelta | None, shown: timedelta) -> None:
    cause = Cause.request(at=AT, happened_at=None if device is None else AT + device)
    assert (cause.at, cause.happened - AT) == (AT, shown)
