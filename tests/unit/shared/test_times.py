"""Times that others send: anything that no zone, no database or no event could hold is refused, and never a bug."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.times import Time, read_time
from shared.web import Problem, cursor_time

ODD = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
]
NONE = ["", "now", "2026-11-26", "2026-11-26T10:00:00", "2026-13-01T00:00:00Z", "๒๐๒๖-11-26T10:00:00Z"]
adapter: TypeAdapter[datetime] = TypeAdapter(Time)


@pytest.mark.parametrize("text", [*ODD, "-1e30", "1e300", "99999999999999999999", *NONE])
def test_what_is_no_time_of_ours_is_refused_in_a_body_or_a_query(text: str) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(text)


@pytest.mark.parametrize("text", [*ODD, *NONE])
def test_a_made_up_cursor_is_a_400(text: str) -> None:
    with pytest.raises(Problem) as caught:
        cursor_time(text)
    assert (caught.value.status, caught.value.code) == (400, "cursor")


@pytest.mark.parametrize("read", [adapter.validate_python, read_time, cursor_time])
@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-26T17:00:00.123456+07:00", datetime(2026, 11, 26, 10, 0, 0, 123000, UTC)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_kept_as_the_database_keeps_it(read: Any, text: str, time: datetime) -> None:
    assert read(text) == time
    assert read(text).tzinfo is UTC
