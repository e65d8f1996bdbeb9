"""The plan rules of a plot: each with its number, where that comes from, its limit, and the edge between the two."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from services.permits.domain.completeness import judge, site_of
from services.permits.domain.footprint import Plane, Position
from services.permits.domain.handing_in import submit
from services.permits.domain.permit_type import Text
from services.permits.domain.plan import LandUse, PlanRule, Site, Tolerances, check
from services.permits.domain.survey import Parcel, Survey, distance_to, list_plots_around, parcel_of, survey
from shared.town.ground import Ground, Road
from shared.town.ground import Parcel as DrawnParcel
from shared.town.models import Town
from tests.support.permits import HOME, RULES, TOWN, at, draft, with_documents


def words(text: str) -> Text:
    """The same text in both languages."""
    return Text(th=text, en=text)


FIELDS = {"use", "height_m", "covered_area_m2", "plot_area_m2", "usable_area_m2", "setback_m"}
FORM = {"use": "house", "height_m": "4.2", "covered_area_m2": "120", "plot_area_m2": "400", "usable_area_m2": "110",
        "setback_m": "3"}  # fmt: skip
ZONE = LandUse(
    code="low", name=words("low"), allows=("house",), max_height_m=12, max_coverage_percent=60,
    max_floor_area_ratio=1.0, min_setback_m=2, min_road_width_m=4, law=words("plan"),
)  # fmt: skip
PLANE = Plane(HOME.longitude, HOME.latitude)


def rectangle(west: float, south: float, east: float, north: float) -> tuple[Position, ...]:
    """Metres from the pin, as degrees."""
    shape = PLANE.degrees(Polygon([(west, south), (east, south), (east, north), (west, north)]))
    return tuple((x, y) for x, y in list(shape.exterior.coords)[:-1])


PLOT = Parcel(deed_number="77", outline=(*rectangle(-10, -10, 10, 10), rectangle(-10, -10, 10, 10)[0]), road_width_m=6)
HOUSE = rectangle(-5, -6, 7, 4)  # 12 by 10 m, with 5, 4, 3 and 6 m to west, south, east and north


def rules(form: dict[str, str] | None = None, **site: object) -> dict[str, PlanRule]:
    plot = Site(ZONE, **site)  # type: ignore[arg-type]
    return {rule.code: rule for rule in check(FIELDS, {**FORM, **(form or {})}, plot)}


def test_each_rule_says_its_number_its_limit_and_the_law() -> None:
    found = rules()

    assert {code: (rule.value, rule.limit, rule.passed) for code, rule in found.items()} == {
        "zone": ("low", "low", True),
        "use": ("house", "house", True),
        "height": ("4.2", "<= 12.0", True),
        "coverage": ("30.00", "<= 60.0", True),
        "floor-area-ratio": ("0.28", "<= 1.0", True),
        "setback": ("3", ">= 2.0", True),
    }
    assert all(rule.law == words("plan") for rule in found.values())


@pytest.mark.parametrize(
    ("form", "code", "passed"),
    [
        ({"height_m": "12.00"}, "height", True),
        ({"height_m": "12.01"}, "height", False),
        ({"covered_area_m2": "240"}, "coverage", True),
        ({"covered_area_m2": "240.01"}, "coverage", False),
        ({"usable_area_m2": "400"}, "floor-area-ratio", True),
        ({"usable_area_m2": "400.01"}, "floor-area-ratio", False),
        ({"setback_m": "2.00"}, "setback", True),
        ({"setback_m": "1.99"}, "setback", False),
        ({"setback_m": "-1"}, "setback", False),
        ({"height_m": "NaN"}, "height", False),
        ({"plot_area_m2": "0"}, "coverage", False),
        ({"use": "factory"}, "use", False),
    ],
)
def test_a_limit_is_in_and_a_hundredth_more_is_out(form: dict[str, str], code: str, passed: bool) -> None:
    assert rules(form)[code].passed is passed


def test_what_is_not_filled_in_waits() -> None:
    assert rules({"height_m": ""})["height"].waits
    assert rules({"use": ""})["use"].waits
    assert not rules({"height_m": "13"})["height"].waits


def test_a_footprint_measures_area_and_the_distance_to_every_side() -> None:
    measured = survey(HOUSE, PLOT)

    assert measured.area_m2 == pytest.approx(Decimal(120), abs=Decimal("0.02"))
    assert (measured.outside_m2, measured.setback_m) == (Decimal("0.00"), Decimal("3.00"))
    assert {side.faces: (side.distance_m, side.length_m) for side in measured.sides} == {
        "n": (Decimal("6.00"), Decimal("20.00")), "e": (Decimal("3.00"), Decimal("20.00")),
        "s": (Decimal("4.00"), Decimal("20.00")), "w": (Decimal("5.00"), Decimal("20.00")),
    }  # fmt: skip


def test_without_a_parcel_only_its_own_area_is_known() -> None:
    measured = survey(HOUSE, None)

    assert measured.area_m2 is not None
    assert (measured.setback_m, measured.sides) == (None, ())
    assert survey((), PLOT) == Survey()


def test_a_footprint_beyond_the_border_stands_on_no_setback() -> None:
    measured = survey(rectangle(4, -5, 14, 5), PLOT)  # 4 m of 10 lie outside
    found = rules(parcel=PLOT, survey=measured)

    assert measured.outside_m2 == pytest.approx(Decimal(40), abs=Decimal("0.02"))
    assert (found["on-plot"].passed, found["on-plot"].basis) == (False, "map")
    assert (found["setback"].value, found["setback"].passed) == ("0.00", False)
    assert survey(rectangle(40, 40, 50, 50), PLOT).setback_m == 0  # on another plot altogether


def test_what_is_drawn_larger_than_declared_counts_and_the_difference_is_said() -> None:
    measured = survey(HOUSE, PLOT)
    found = rules({"covered_area_m2": "60", "setback_m": "5"}, parcel=PLOT, survey=measured)

    assert (found["coverage"].value, found["coverage"].basis) == ("30.00", "map")
    assert (found["setback"].value, found["setback"].basis) == ("3.00", "map")
    assert [found[code].passed for code in ("drawn-area", "drawn-setback", "plot-area")] == [False, False, True]
    assert (found["drawn-setback"].value, found["drawn-setback"].limit) == ("3.00", "= 5")


def test_a_finger_that_drew_half_a_metre_off_changes_nothing() -> None:
    measured = survey(HOUSE, PLOT)
    found = rules({"covered_area_m2": "115.5", "setback_m": "3.4"}, parcel=PLOT, survey=measured)

    assert all(rule.passed for rule in found.values())
    assert (found["setback"].value, found["setback"].basis) == ("3.4", "form")
    strict = rules({"setback_m": "3.4"}, parcel=PLOT, survey=measured, tolerances=Tolerances(Decimal("0.1")))
    assert not strict["drawn-setback"].passed


def test_a_plot_declared_larger_than_the_parcel_is_the_parcel() -> None:
    found = rules({"plot_area_m2": "800", "covered_area_m2": "300"}, parcel=PLOT)

    assert (found["coverage"].passed, found["coverage"].basis) == (False, "layer")
    assert not found["plot-area"].passed


@pytest.mark.parametrize(("width", "passed"), [(4.0, True), (3.99, False), (None, False)])
def test_the_road_is_as_wide_as_the_layer_says(width: float | None, passed: bool) -> None:
    rule = rules(parcel=PLOT.model_copy(update={"road_width_m": width}))["road-width"]

    assert (rule.passed, rule.basis) == (passed, "layer")


def test_a_road_that_the_form_asks_for_is_the_forms() -> None:
    asked = {*FIELDS, "road_width_m"}
    said = {rule.code: rule for rule in check(asked, {**FORM, "road_width_m": "3"}, Site(ZONE, parcel=PLOT))}
    left = {rule.code: rule for rule in check(asked, FORM, Site(ZONE))}

    assert (said["road-width"].value, said["road-width"].passed) == ("3", False)
    assert left["road-width"].waits


def test_a_pin_beside_the_parcel_of_its_deed_is_said() -> None:
    beside = rules({"deed_number": "77"}, parcel=PLOT, pin_on_parcel=False)["deed-place"]

    assert not beside.passed
    assert rules({"deed_number": "77"}, parcel=PLOT)["deed-place"].passed
    assert not rules({"deed_number": "๗๗"}, parcel=PLOT, pin_on_parcel=False)["deed-place"].passed
    assert "deed-place" not in rules({"deed_number": "9"}, parcel=PLOT)


def test_a_fence_on_the_border_is_not_judged_as_a_house() -> None:
    measured = survey(rectangle(-10, -10, 10, -9.5), PLOT)
    found = check({"height_m", "length_m"}, {"height_m": "2"}, Site(ZONE, PLOT, measured))

    assert [(rule.code, rule.passed) for rule in found] == [("zone", True), ("height", True), ("on-plot", True)]


def test_outside_the_plan_nothing_can_be_checked() -> None:
    assert [(rule.code, rule.passed) for rule in check(FIELDS, FORM, Site(None))] == [("zone", False)]


@given(st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2))
def test_coverage_passes_exactly_up_to_its_share(covered: Decimal, plot: Decimal) -> None:
    rule = rules({"covered_area_m2": str(covered), "plot_area_m2": str(plot)})["coverage"]

    assert rule.passed == (plot > 0 and covered * 100 <= 60 * plot)


# --- in an application


def town_with(*parcels: DrawnParcel, roads: tuple[Road, ...] = ()) -> Town:
    town = TOWN.model_copy()
    town.__dict__["ground"] = Ground(parcels, roads)
    return town


DRAWN = DrawnParcel("77", Polygon(PLOT.outline))


def test_the_deed_finds_the_parcel_wherever_the_pin_is_and_the_pin_finds_it_without() -> None:
    town = town_with(DRAWN)
    away = HOME.longitude + 0.001

    assert [one.deed_number for one in (parcel_of(town, " ๗๗ ", away, HOME.latitude),) if one] == ["77"]
    assert parcel_of(town, "78", away, HOME.latitude) is None
    assert parcel_of(town, "", HOME.longitude, HOME.latitude) is not None


def test_the_widest_road_that_a_plot_lies_on_is_its_road() -> None:
    """Two metres may lie between a border and the edge of its road."""
    lines = {"6": (-20, -14.5, 20, -14.5), "8": (13, -20, 13, 20), "12": (-20, 20, 20, 20)}
    roads = []
    for width, (x1, y1, x2, y2) in lines.items():
        line = PLANE.degrees(Polygon([(x1, y1), (x2, y2), (x2 + 0.01, y2 + 0.01)])).exterior
        roads.append(Road(width, float(width), type(DRAWN.shape.exterior)(line.coords), {"en": f"Soi {width}"}))
    found = parcel_of(town_with(DRAWN, roads=tuple(roads)), "77", 0, 0)

    assert found is not None
    assert (found.road_width_m, found.road_name) == (8.0, words("Soi 8"))


def test_the_plots_around_are_those_at_the_border_and_across_a_street_each_with_its_side() -> None:
    drawn = {"78": (10, -10, 30, 10), "79": (-10, 18, 10, 40), "80": (-10, -60, 10, -30), "81": (-30, -30, -10, -10)}
    others = [DrawnParcel(deed, Polygon(rectangle(*edges))) for deed, edges in drawn.items()]
    assert list_plots_around(town_with(DRAWN, *others), PLOT) == [("79", "n"), ("78", "e"), ("81", "sw")]


def test_how_far_the_building_stands_from_a_neighbour_is_measured_to_their_border() -> None:
    beside = Polygon(rectangle(10, -10, 30, 10))

    assert distance_to(rectangle(-7, -6, 5, 4), beside) == Decimal("5.00")
    assert distance_to((), beside) is None


def test_an_application_keeps_the_parcel_of_the_day_it_was_handed_in() -> None:
    drawn = HOME.model_copy(update={"footprint": HOUSE})
    case = with_documents(draft({"setback_m": "3"}, drawn), "title-deed", "plans")
    kept = submit(case, at(), RULES, town_with(DRAWN), declared=True).state
    renewed = site_of(kept, town_with())

    assert renewed.parcel is not None
    assert renewed.survey.setback_m == Decimal("3.00")
    lane, conditions = judge(kept, RULES, town_with())
    assert lane is not None
    assert lane.code == "fast"
    assert {rule.code for rule in conditions[-1].rules} >= {"on-plot", "drawn-area", "drawn-setback", "plot-area"}


def test_a_drawing_that_contradicts_the_form_leaves_the_fast_lane() -> None:
    drawn = HOME.model_copy(update={"footprint": rectangle(-9.5, -6, 7, 4)})
    case = with_documents(draft({"setback_m": "3"}, drawn), "title-deed", "plans")
    lane, conditions = judge(case, RULES, town_with(DRAWN))

    assert lane is not None
    assert lane.code == "normal"
    assert [rule.code for rule in conditions[-1].rules if not rule.passed] == ["setback", "drawn-area", "drawn-setback"]
