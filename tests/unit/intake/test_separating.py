"""A duplicate that was none goes its own way again, with its own people, and may be merged anew."""

import pytest

from services.intake.domain.merging import absorb, begin_merge, close_as_duplicate, note_arrival
from services.intake.domain.report import Actor, Report
from services.intake.domain.separating import moments_of_separation, note_release, release, separate
from shared.events.reports import ReportFollowed, ReportSeparated
from shared.kernel import Reject
from tests.support.reports import ORDER, OTHER_CASE, after, report

OTHER = "MH-VNC4-QCWB"


def merged(**changes: object) -> Report:
    """A duplicate whose people the other report counts."""
    begun = begin_merge(report(**changes), after(1), OTHER_CASE, OTHER)
    assert begun is not None
    return settled(begun.state)


def settled(begun: Report) -> Report:
    closed = close_as_duplicate(begun, after(2), OTHER_CASE)
    assert closed is not None
    arrived = note_arrival(closed.state, closed.state.transfer.turn)
    assert arrived is not None
    return arrived.state


def test_it_is_open_again_and_says_all_that_work_on_it_needs() -> None:
    before = merged(work_order=ORDER, team="works-water", followers=2)
    step = separate(before, after(5), Actor(sub="napa"))
    (said,) = step.events
    assert isinstance(said, ReportSeparated)
    assert (said.times, said.from_report, said.text, said.followers) == (1, OTHER_CASE, before.text, 2)
    one = step.state
    assert one.is_open
    assert (one.merged_into, one.merged_reference, one.outcome, one.closed_at, one.team) == (None,) * 5
    assert one.ended_orders == [ORDER], "late news of the work that was called off changes nothing"
    assert [entry.type for entry in one.timeline] == ["received", "merged", "separated"]


def test_the_other_report_gives_back_exactly_the_people_that_came_with_it() -> None:
    one = separate(merged(followers=2), after(5)).state
    assert one.separation is not None
    step = release(report(followers=9), after(5), one.separation.people, left=one)
    assert step.state.followers == 6  # two followers and the reporter
    assert isinstance(step.events[0], ReportFollowed)
    assert (step.state.timeline[-1].type, step.state.timeline[-1].reference) == ("released", one.reference)


def test_a_moment_finishes_what_a_crash_has_parted() -> None:
    one = separate(merged(), after(5)).state
    assert [moment.name for moment in moments_of_separation(one)] == ["separate"]
    done = note_release(one, OTHER_CASE)
    assert done is not None
    assert moments_of_separation(done.state) == []
    assert note_release(done.state, OTHER_CASE) is None


def test_until_then_it_is_merged_with_no_other() -> None:
    with pytest.raises(Reject, match="being-merged"):
        begin_merge(separate(merged(), after(5)).state, after(6), ORDER, "MH-AAAA-AAAA")


def test_merged_again_its_people_are_counted_again() -> None:
    """A turn that was counted once would count for nothing, so the second merge goes on behind the first."""
    noted = note_release(separate(merged(), after(5)).state, OTHER_CASE)
    assert noted is not None
    begun = begin_merge(noted.state, after(6), OTHER_CASE, OTHER)
    assert begun is not None
    again = close_as_duplicate(begun.state, after(7), OTHER_CASE)
    assert again is not None
    transfer = again.state.transfer
    assert (transfer.turn, transfer.began, transfer.under_way) == (1, 1, 1)
    assert absorb(report(), after(8), 1, duplicate=again.state).state.timeline[-1].type == "absorbed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"merged_into": None}, "not-merged"),
        ({"forgotten_at": after(3)}, "people-forgotten"),
    ],
)
def test_what_cannot_go_its_own_way_says_why(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Reject, match=code):
        separate(merged().model_copy(update=changes), after(5))


def test_while_its_people_are_under_way_it_waits() -> None:
    begun = begin_merge(report(), after(1), OTHER_CASE, OTHER)
    assert begun is not None
    closed = close_as_duplicate(begun.state, after(2), OTHER_CASE)
    assert closed is not None
    with pytest.raises(Reject, match="being-merged"):
        separate(closed.state, after(3))
