"""Staff correct reports and make duplicates one, without losing anybody who follows."""

import pytest

from services.intake.domain import resident
from services.intake.domain.report import Location
from services.intake.domain.staff import absorb, amend, merge, refuse_merge
from shared.events import ReportAmended, ReportFollowed, ReportMerged
from shared.kernel import Reject
from tests.support.reports import CASE, MAIL, ORDER, OTHER_CASE, after, category, report, town, unmarked_town


def test_another_category_is_told_with_the_one_before() -> None:
    before = report()
    sensitive = category(sensitive=True)
    step = amend(before, after(1), town(), category=sensitive)
    assert step is not None
    (said,) = step.events
    assert isinstance(said, ReportAmended)
    assert (said.category, said.previous_category, said.sensitive) == (sensitive, before.category, True)
    assert step.state.shown_at == [98.96, 18.74]
    assert step.state.timeline[-1].category == sensitive


def test_what_becomes_not_public_shows_its_exact_place_no_longer() -> None:
    step = amend(report(), after(1), unmarked_town("drain-flood"), category="drain-flood")
    assert step is not None
    assert (step.state.listed, step.state.sensitive, step.state.shown_at) == (False, True, [98.96, 18.74])
    assert step.events[0].model_dump()["sensitive"]


def test_another_place_is_looked_up_again() -> None:
    step = amend(report(), after(1), town(), location=Location(latitude=13.7, longitude=100.5))
    assert step is not None
    assert (step.state.zone, step.state.outside_town) == (None, True)
    assert step.events[0].model_dump()["previous_category"] is None


def test_nothing_changed_is_nothing_told() -> None:
    assert amend(report(), after(1), town(), category=report().category, text=report().text) is None


def test_unknown_categories_and_closed_reports_are_refused() -> None:
    with pytest.raises(Reject, match="unknown-category"):
        amend(report(), after(1), town(), category="no-such-thing")
    with pytest.raises(Reject, match="closed"):
        amend(report(state="closed"), after(1), town(), text="x")


def test_merging_carries_every_follower_and_the_reporter() -> None:
    duplicate = resident.follow(OTHER_CASE, report(reference="MH-AAAA-AAAA"), after(1), "follower-1", MAIL).state
    survivor = resident.follow(CASE, report(), after(1), "follower-2", MAIL).state
    taken = absorb(survivor, after(2), duplicate)
    assert taken.state.follower_count == 3
    assert isinstance(taken.events[0], ReportFollowed)
    assert taken.events[0].followers == 3
    closed = merge(duplicate.model_copy(update={"work_order": ORDER}), after(2), CASE, survivor.reference)
    assert closed is not None
    assert (closed.state.state, closed.state.outcome) == ("closed", "duplicate")
    assert closed.state.ended_orders == [ORDER]
    assert isinstance(closed.events[0], ReportMerged)
    assert closed.events[0].into == CASE
    assert merge(closed.state, after(3), CASE, survivor.reference) is None


def test_what_must_not_become_one() -> None:
    with pytest.raises(Reject, match="same-report"):
        refuse_merge(CASE, report(), CASE, report())
    with pytest.raises(Reject, match="merged-already"):
        refuse_merge(OTHER_CASE, report(), CASE, report(merged_into=ORDER, state="closed"))
    with pytest.raises(Reject, match="already-ended"):
        refuse_merge(OTHER_CASE, report(), CASE, report(state="resolved"))
    with pytest.raises(Reject, match="already-ended"):
        refuse_merge(OTHER_CASE, report(state="closed"), CASE, report())
    refuse_merge(OTHER_CASE, report(state="closed", merged_into=CASE), CASE, report())
