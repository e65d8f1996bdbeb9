"""A time is written in one way wherever it stands, and read in every way that RFC 3339 allows."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.events.base import Instant
from shared.events.times import RENDERED, parse, rfc3339

MOMENTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001 (bounds have none)
    datetime(2199, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(-timedelta(hours=9, minutes=30))]),
)


class Told(BaseModel):
    """Data with a time."""

    at: Instant


@given(MOMENTS)
def test_data_and_envelope_write_the_same_text(moment: datetime) -> None:
    text = rfc3339(moment)
    assert re.fullmatch(RENDERED, text)
    assert Told(at=moment).model_dump(mode="json") == {"at": text}
    assert Told.model_validate_json(f'{{"at": "{text}"}}', strict=True) == Told(at=moment)


@given(MOMENTS, MOMENTS)
def test_later_times_sort_later_as_text(one: datetime, other: datetime) -> None:
    assert (rfc3339(one) < rfc3339(other)) == (Told(at=one).at < Told(at=other).at)


@pytest.mark.parametrize("text", ["2026-11-23T08:42:07.315+07:00", "2026-11-23T01:42:07.315999Z"])
def test_other_ways_to_write_it_are_read_as_ours(text: str) -> None:
    assert rfc3339(parse(text)) == "2026-11-23T01:42:07.315Z"


@pytest.mark.parametrize(
    "text", ["", "2026-11-23", "2026-11-23T01:42:07", "2026-02-30T01:42:07Z", "0001-01-01T00:00:00+14:00", "1700000000"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|day is out of range"):
        parse(text)
