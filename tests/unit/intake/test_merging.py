"""Two reports become one only where one of them stays, and everybody who follows is counted there once."""

import pytest

from services.intake.domain.merging import (
    absorb,
    agree,
    begin_merge,
    close_as_duplicate,
    give_up_merge,
    moments_of_merge,
    note_arrival,
    send_waiting,
    stays,
)
from services.intake.domain.report import Report
from shared.events.reports import ReportClosed, ReportFollowed, ReportMerged
from shared.kernel import Reject
from tests.support.reports import CASE, ORDER, OTHER_CASE, after, category, report, submitted


def merging(**changes: object) -> Report:
    step = begin_merge(report(**changes), after(1), CASE, "MH-4K7T-29Q8")
    assert step is not None
    return step.state


def merged(**changes: object) -> Report:
    step = close_as_duplicate(merging(**changes), after(2), CASE)
    assert step is not None
    return step.state


def test_a_duplicate_closes_and_says_so() -> None:
    step = close_as_duplicate(merging(work_order=ORDER, followers=2), after(2), CASE)
    assert step is not None
    said, closed = step.events
    assert isinstance(said, ReportMerged)
    assert isinstance(closed, ReportClosed)
    assert (said.into, closed.outcome) == (CASE, "duplicate")
    assert (step.state.state, step.state.ended_orders, step.state.merged_into) == ("closed", [ORDER], CASE)
    assert step.state.transfer.under_way == 3  # the reporter too
    assert close_as_duplicate(step.state, after(3), CASE) is None
    assert begin_merge(step.state, after(3), CASE, "MH-4K7T-29Q8") is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"merged_into": ORDER, "state": "closed"}, "merged-already"),
        ({"state": "resolved"}, "already-ended"),
        ({"state": "closed"}, "already-ended"),
    ],
)
def test_what_has_ended_takes_no_other_report_in(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Reject, match=code):
        agree(report(**changes), listed=True)


def test_what_is_being_merged_itself_takes_no_other_report_in() -> None:
    agree(report(), listed=True)
    with pytest.raises(Reject, match="being-merged"):
        agree(merging(), listed=True)


def test_what_everybody_sees_is_not_merged_into_what_is_kept_from_the_public() -> None:
    """Its public event would name the other one."""
    hidden = report(listed=False)
    with pytest.raises(Reject, match="not-shown"):
        agree(hidden, listed=True)
    agree(hidden, listed=False)
    agree(report(), listed=False)


@pytest.mark.parametrize("state", ["resolved", "closed"])
def test_what_has_its_answer_is_not_merged(state: str) -> None:
    with pytest.raises(Reject, match="already-ended"):
        begin_merge(report(state=state), after(1), CASE, "MH-4K7T-29Q8")
    with pytest.raises(Reject, match="already-ended"):
        close_as_duplicate(merging().model_copy(update={"state": state}), after(2), CASE)


def test_a_second_officer_cannot_merge_it_elsewhere() -> None:
    with pytest.raises(Reject, match="being-merged"):
        begin_merge(merging(), after(2), OTHER_CASE, "MH-AAAA-AAAA")


def test_a_refused_merge_leaves_the_duplicate_as_it_was() -> None:
    before = report()
    step = give_up_merge(merging(), CASE)
    assert step is not None
    assert step.state == before
    assert give_up_merge(step.state, CASE) is None
    with pytest.raises(Reject, match="not-merging"):
        close_as_duplicate(step.state, after(3), CASE)


def test_the_report_that_stays_counts_them_and_names_the_duplicate() -> None:
    step = absorb(report(followers=1), after(3), 3, duplicate=report(reference="MH-AAAA-AAAA"))
    (followed,) = step.events
    assert isinstance(followed, ReportFollowed)
    assert (step.state.followers, followed.followers) == (4, 4)
    assert (step.state.timeline[-1].type, step.state.timeline[-1].reference) == ("absorbed", "MH-AAAA-AAAA")


def test_who_comes_while_others_are_under_way_goes_with_the_next() -> None:
    one = merged(followers=1)
    assert send_waiting(one) is None  # the same people again for who repeats the step
    waiting = one.model_copy(update={"transfer": one.transfer.and_waiting(1, after(3))})
    assert send_waiting(waiting) is None
    arrived = note_arrival(waiting, 0)
    assert arrived is not None
    assert (arrived.state.transfer.waiting, arrived.state.transfer.turn) == (1, 1)
    assert note_arrival(arrived.state, 0) is None
    sent = send_waiting(arrived.state)
    assert sent is not None
    assert (sent.state.transfer.under_way, sent.state.transfer.waiting) == (1, 0)


def test_a_moment_finishes_what_a_crash_has_parted() -> None:
    assert [one.name for one in moments_of_merge(merging())] == ["merge"]
    assert [one.name for one in moments_of_merge(merged())] == ["transfer"]
    arrived = note_arrival(merged(), 0)
    assert arrived is not None
    assert moments_of_merge(arrived.state) == []
    assert moments_of_merge(report()) == []


def test_what_joins_is_named_to_those_who_may_know_of_it() -> None:
    hidden = submitted(category=category(public=False)).state
    line = absorb(report(), after(3), 1, duplicate=hidden).state.timeline[-1]
    assert (line.reference, line.openness) == (hidden.reference, "hidden")


def test_the_people_of_a_hidden_report_are_told_whether_they_may_know_of_the_other() -> None:
    step = close_as_duplicate(merging(listed=False), after(2), CASE, into_listed=False)
    assert step is not None
    assert step.events[0].model_dump()["into_shown"] is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"priority": "high", "submitted_at": after(9)}, {"priority": "normal", "submitted_at": after(1)}),
        ({"priority": "normal", "due_at": after(50)}, {"priority": "normal", "due_at": after(60)}),
        ({"due_at": after(50), "submitted_at": after(9)}, {"due_at": None, "submitted_at": after(1)}),
        ({"submitted_at": after(1)}, {"submitted_at": after(9)}),
        ({"priority": "high"}, {"priority": "of-a-newer-release"}),
    ],
)
def test_the_one_to_keep_is_the_one_that_is_promised_more(one: dict[str, object], other: dict[str, object]) -> None:
    """Else its people would wait longer than they were told, and nobody had decided it."""
    better, worse = (report().model_copy(update=each) for each in (one, other))

    assert stays(better, worse) is better
    assert stays(worse, better) is better
