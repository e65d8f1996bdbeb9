"""A promise on the office's hours is said as people count: minutes, hours, and working days from a whole one on."""

from datetime import datetime, time, timedelta

import pytest

from services.dispatch.pages.promises import list_promises, office_time
from shared.calendar import Hours, WeekHours, WorkingCalendar
from shared.town import load_town
from tests.support.source import ROOT
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


@pytest.mark.parametrize("name", ["maehia", "nong-bua-noi"])
def test_what_is_promised_is_told_by_the_kinds_of_the_form(name: str) -> None:
    """Nobody who reports a burst pipe knows what the town calls its levels of service."""
    place = load_town(ROOT / "deploy/municipalities" / name)
    kinds = list_promises(place, "th", datetime(2026, 11, 27, 10, tzinfo=place.calendar.zone))
    assert list(kinds) == [group.name.th for group in place.groups.values()]
    told = [one.name for group in kinds.values() for one in group]
    assert set(told) == {category.name.th for category in place.categories.values()}
    assert not {level.name.th for level in place.service_levels.values()} & set(told)
    assert all(one.accept or one.finish for group in kinds.values() for one in group)


def test_a_burst_pipe_is_promised_what_its_rule_gives() -> None:
    place = load_town(ROOT / "deploy/municipalities/maehia")
    kinds = list_promises(place, "th", datetime(2026, 11, 27, 10, tzinfo=place.calendar.zone))
    (pipe,) = [one for group in kinds.values() for one in group if one.name == place.categories["water-leak"].name.th]
    assert (pipe.accept, pipe.finish, pipe.working) == (timedelta(hours=4), timedelta(days=2), False)
