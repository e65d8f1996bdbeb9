"""What everybody may read of an incident, and that nobody reads of one that is hidden."""

import pytest

from services.dispatch.api.incident_views import is_public, show_to_all
from services.dispatch.domain.incident import Incident, Middle
from services.dispatch.domain.incident_course import announce, resolve
from services.dispatch.domain.vicinity import Where, is_near
from shared.events.ids import new_id
from shared.kernel import Case
from tests.support.dispatch_in_memory import incident
from tests.support.work import MONDAY, town

HERE = Middle(latitude=18.75312, longitude=98.96431)


def known(state: Incident) -> dict[str, object]:
    return show_to_all(Case(new_id(), 1, state)).model_dump()


def test_an_open_one_is_told_with_its_place_and_what_the_town_says() -> None:
    near = incident(middle=HERE, radius_m=1500)
    step = announce(new_id(), near, MONDAY, expected_until=None, note="โทร 081-234-5678")
    assert step is not None
    shown = known(step.state)

    assert shown["location"] == {"latitude": 18.75312, "longitude": 98.96431, "coarse": False}
    assert shown["radius_m"] == 1500
    assert "081-234-5678" not in str(shown["note"])


def test_of_a_sensitive_one_the_place_is_coarse_and_no_words_are_told() -> None:
    secret = incident(middle=HERE, sensitive=True)
    step = announce(new_id(), secret, MONDAY, expected_until=None, note="บ้านเลขที่ 5")
    assert step is not None
    shown = known(step.state)

    assert shown["location"] == {"latitude": 18.75, "longitude": 98.96, "coarse": True}
    assert shown["note"] is None


@pytest.mark.parametrize(("category", "shown", "public"), [
    ("power-cut", True, True), ("power-cut", False, False), ("welfare", True, False),
])  # fmt: skip
def test_a_hidden_one_is_nobodys_business_also_by_the_profile_of_today(
    category: str, shown: bool, public: bool
) -> None:
    assert is_public(town(), incident(category=category, shown=shown)) is public


def test_of_one_that_is_over_it_is_told_what_was_done() -> None:
    step = resolve(new_id(), incident(), "fixed", MONDAY, "เปลี่ยนหม้อแปลงแล้ว")
    assert step is not None

    assert (known(step.state)["state"], known(step.state)["note"]) == ("resolved", "เปลี่ยนหม้อแปลงแล้ว")


@pytest.mark.parametrize(
    ("there", "by_zone", "near"),
    [
        (Where(18.753, 98.965), False, True),
        (Where(18.80, 98.965, "a"), False, False),
        (Where(18.80, 98.965, "a"), True, True),
        (Where(zone="a"), True, True),
        (Where(zone="b"), True, False),
        (Where(), True, False),
    ],
)
def test_near_is_within_the_radius_or_in_the_zone(there: Where, by_zone: bool, near: bool) -> None:
    assert is_near(Where(18.753, 98.964, "a"), there, 500, by_zone=by_zone) is near
