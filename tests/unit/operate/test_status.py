"""When the work of a service goes on, and what is said when it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tools.operate.status import Cases, judge_standing
from tools.operate.unread import Unread

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AGO = AT - timedelta(minutes=10)
WELL = Cases("reports", 0, None, 3, 0, None)
NOTHING = Unread(0, None)


def test_what_waits_for_a_moment_is_no_trouble() -> None:
    busy = replace(WELL, unpublished=40, unpublished_since=AT - timedelta(seconds=2), due=500)
    assert judge_standing("intake", [busy], Unread(300, AT - timedelta(seconds=5)), 0, AT).troubles == []


@pytest.mark.parametrize(
    ("cases", "behind", "letters", "said"),
    [
        (replace(WELL, unpublished=1, unpublished_since=AGO), NOTHING, 0, "waits since 2026-11-26T08:50:00+00:00"),
        (replace(WELL, parked=2), NOTHING, 0, "2 of reports have a moment that was given up"),
        (replace(WELL, failing_since=AGO), NOTHING, 0, "fails again and again"),
        (WELL, Unread(7, AGO), 0, "7 records are not read"),
        (WELL, NOTHING, 3, "3 open dead letters: onestop dlq list --group intake"),
    ],
)
def test_each_trouble_is_one_sentence(cases: Cases, behind: Unread, letters: int, said: str) -> None:
    (trouble,) = judge_standing("intake", [cases], behind, letters, AT).troubles
    assert said in trouble
