"""A promise on the office's hours is said as people count: minutes, hours, and working days from a whole one on."""

from datetime import time, timedelta

import pytest

from services.dispatch.pages.promises import office_time
from shared.calendar import Hours, WeekHours, WorkingCalendar
from tests.support.work import town

LUNCH = tuple(Hours(opens=time(begins), closes=time(ends)) for begins, ends in ((8, 12), (13, 17)))
SHORT_FRIDAY = WeekHours(monday=LUNCH, tuesday=LUNCH, wednesday=LUNCH, friday=LUNCH[:1])


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, ("minute", "1")), (30, ("minutes", "30")), (60, ("hour", "1")), (90, ("hours", "1.5")),
        (240, ("hours", "4")), (480, ("day", "1")), (720, ("days", "1.5")), (9600, ("days", "20")),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "calendar", [town().calendar, WorkingCalendar(timezone="Asia/Bangkok", hours=SHORT_FRIDAY)], ids=["town", "lunch"]
)
def test_it_is_said_in_the_largest_unit_that_it_fills(
    calendar: WorkingCalendar, minutes: int, said: tuple[str, str]
) -> None:
    assert office_time(calendar, timedelta(minutes=minutes)) == said


def test_an_office_that_never_closes_has_days_of_a_whole_one() -> None:
    assert office_time(WorkingCalendar.always("Asia/Bangkok"), timedelta(days=2)) == ("days", "2")
