"""The rules of a permit type, on the first town's own profile; and that they can be kept for good."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from services.permits.domain import permit_type
from services.permits.domain.permit_type import Condition, Lane
from services.permits.domain.rules import Pin, Rules, rules_of
from shared.town import load_town
from shared.town import models as profile
from shared.town import permits as town_permits
from shared.town.conditions import Check
from tests.support.permits import MONDAY, RULES, TOWN

BANGKOK = ZoneInfo("Asia/Bangkok")
SMALL = {"storeys": 1, "usable_area_m2": "150.0", "use": "house"}
MAEHIA = load_town(Path("deploy/municipalities/maehia"))


def text(words: str) -> permit_type.Text:
    return permit_type.Text(th=words, en=words)


@pytest.fixture
def house() -> Rules:
    return rules_of(MAEHIA, "house-new")


def lane_of(rules: Rules, code: str) -> Lane:
    lane = rules.permit.lane(code)
    assert lane is not None
    return lane


def test_a_fast_lane_accepted_on_friday_afternoon_is_due_on_monday_morning(house: Rules) -> None:
    lane = lane_of(house, "fast")
    accepted = datetime(2026, 11, 20, 15, 45, tzinfo=BANGKOK)
    assert lane.duration.compute_due(MAEHIA.calendar, accepted) == datetime(2026, 11, 23, 9, 45, tzinfo=BANGKOK)


def test_the_normal_lane_takes_twenty_working_days(house: Rules) -> None:
    lane = lane_of(house, "normal")
    accepted = datetime(2026, 11, 23, 9, tzinfo=BANGKOK)  # over 7 and 10 December
    assert lane.duration.compute_due(MAEHIA.calendar, accepted) == datetime(2026, 12, 23, 16, 30, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("area", "fast"),
    [
        ("150", True), ("150.0", True), ("150.00", True), (150, True), (150.0, True), (Decimal("150.00"), True),
        ("150.01", False), (150.01, False), ("150.000001", False), (151, False), (149.99, True),
        ("", False), (None, False), ("nan", False), ("one hundred", False), (True, False),
    ],
)  # fmt: skip
def test_the_fast_lane_ends_at_150_square_metres_exactly(house: Rules, area: object, fast: bool) -> None:
    conditions = {c.code: c for c in lane_of(house, "fast").conditions}
    assert conditions["usable-area"].holds(area) is fast
    assert conditions["usable-area"].limit == "<= 150.0"


def test_a_floats_binary_tail_decides_nothing() -> None:
    limit = Condition(code="area", name=text("พื้นที่"), field="area", at_most=Decimal("150.3"))
    assert limit.holds(150.3)  # which is 150.30000000000001136… inside
    assert not limit.holds(150.31)


def test_each_condition_of_the_fast_lane_can_fail_alone(house: Rules) -> None:
    conditions = {c.code: c for c in lane_of(house, "fast").conditions}
    assert list(conditions) == [
        "storeys", "usable-area", "residential-use", "zone-allows-use", "documents-complete", "plan-checks-pass",
    ]  # fmt: skip
    assert conditions["storeys"].holds(1)
    assert not conditions["storeys"].holds(2)
    assert conditions["residential-use"].holds("house")
    assert not conditions["residential-use"].holds("shop")
    assert conditions["documents-complete"].holds(True)
    assert not conditions["documents-complete"].holds("yes")  # only a check's own yes counts


def test_fees_follow_the_regulation(house: Rules) -> None:
    fees = house.permit.fees_for(SMALL)
    assert [(fee.code, amount) for fee, amount in fees] == [("permit", 2000), ("plans-low", 7500)]


def test_a_fee_that_may_still_come_names_what_it_waits_for(house: Rules) -> None:
    assert house.permit.fees_wait_for(SMALL) == []
    assert house.permit.fees_wait_for({**SMALL, "usable_area_m2": ""}) == ["usable_area_m2"]
    assert house.permit.fees_wait_for({}) == ["storeys", "usable_area_m2"]


def test_documents_are_asked_for_only_when_the_form_needs_them(house: Rules) -> None:
    small = {document.code for document in house.permit.documents_for(SMALL)}
    large = {
        document.code for document in house.permit.documents_for({**SMALL, "storeys": 3, "usable_area_m2": "150.01"})
    }
    assert large - small == {"calculations", "engineer-certificate"}
    assert "owner-consent" not in large


def test_what_is_kept_is_what_it_is_judged_by() -> None:
    kept = Rules.model_validate_json(RULES.content)

    assert kept == RULES
    assert (kept.hash, Pin.of(kept, MONDAY).version) == (RULES.hash, RULES.hash[:12])


def test_whatever_is_changed_in_a_type_has_another_hash() -> None:
    dearer = TOWN.permits["house-new"].fees[0].model_copy(update={"amount": Decimal("20.01")})
    changed = TOWN.permits["house-new"].model_copy(update={"fees": (dearer,)})

    assert rules_of(TOWN.model_copy(update={"permits": {"house-new": changed}}), "house-new").hash != RULES.hash


def test_a_new_mailbox_of_an_office_changes_nothing() -> None:
    moved = tuple(one.model_copy(update={"email": "new@town.example"}) for one in TOWN.signatories)

    assert rules_of(TOWN.model_copy(update={"signatories": moved}), "house-new").hash == RULES.hash


def test_an_office_that_signs_other_types_is_not_among_those_that_sign_this_one() -> None:
    assert [office.code for office in RULES.offices] == ["mayor"]


def test_a_type_that_the_profile_does_not_have_is_called_by_its_code_and_takes_nothing() -> None:
    gone = rules_of(TOWN, "castle")

    assert (gone.permit.name.get("en"), gone.offices, gone.permit.lanes, gone.permit.documents) == (
        "castle",
        (),
        (),
        (),
    )


def test_a_newer_release_s_field_type_and_members_are_read() -> None:
    newer = RULES.content.replace('"type":"integer"', '"type":"drawing","scale":"1:100"', 1)

    field = Rules.model_validate_json(newer).permit.fields[0]

    assert (field.type, field.model_dump()["scale"]) == ("drawing", "1:100")


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.annotation for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    "name",
    ["FormField", "Condition", "Document", "Duration", "Lane", "Fee", "FeeStep", "Appeal", "PermitType", "Choice"],
)
def test_everything_that_a_profile_can_say_of_a_type_is_kept(name: str) -> None:
    in_profile = getattr(profile, name, None) or getattr(town_permits, name)
    assert set(fields_of(getattr(permit_type, name))) == set(fields_of(in_profile))


@pytest.mark.parametrize(("kept", "read"), [("FieldType", "FieldType"), ("Check", "Check")])
def test_the_codes_of_a_profile_are_the_ones_that_are_known(kept: str, read: str) -> None:
    assert get_args(getattr(permit_type, kept)) == get_args(getattr(town_permits, read, Check))
