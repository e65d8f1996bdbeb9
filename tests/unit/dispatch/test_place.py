"""Where the work is, as the mail to its team may say it."""

from typing import Any

import pytest

from services.dispatch.domain.place import ADDRESS_ANSWER
from tests.support.work import begun, submitted

HERE: dict[str, Any] = {"location": None, "answers": {ADDRESS_ANSWER: "88/12 หมู่ 5 ซอยวัดดอนปิน"}}


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({}, "88/12 หมู่ 5 ซอยวัดดอนปิน"),
        ({"zone": "ban-tamnak"}, None),
        ({"sensitive": True}, None),
        ({"answers": {}}, None),
    ],
    ids=["only-an-address", "a-zone-says-it", "a-home", "nowhere"],
)
def test_the_team_is_told_an_address_where_no_zone_names_the_place(about: dict[str, Any], told: str | None) -> None:
    (event,) = begun(submitted(**{**HERE, **about})).events
    assert event.model_dump()["address"] == told
