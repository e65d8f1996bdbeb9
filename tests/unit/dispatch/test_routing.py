"""Routing: the first matching rule decides, nothing goes nowhere, and the dry run says the same as the real run."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.routing import (
    Facts,
    Sighting,
    choose_public_rule,
    explain,
    find_farthest,
    measure_metres,
    route,
)
from services.dispatch.domain.service_levels import find_target
from shared.town import load_town
from shared.words import Words
from tests.support.work import MARKET, MONDAY, ROOT, facts, town

TOWNS = ("maehia", "nong-bua-noi")
PLACE = {"latitude": MARKET.latitude, "longitude": MARKET.longitude}


@pytest.mark.parametrize(
    ("given_facts", "rule", "team", "priority"),
    [
        (facts("water-leak", text="ท่อแตก น้ำพุ่งกลางถนน"), "water-burst", "works-water", "high"),
        (facts("water-leak", text="น้ำซึมในซอย"), "water", "works-water", "normal"),
        (facts("power-cut", text="สายไฟขาดพาดถนน"), "wire-down", "civil-defence", "emergency"),
        (facts("power-cut", answers={"danger": "yes"}), "wire-down-answered", "civil-defence", "emergency"),
        (facts("street-light", text="ไฟทางดับ"), "light", "works-lights", "normal"),
        (facts("dumped-rubbish", text="มีคนทิ้งขยะ"), "rubbish", "health-waste", "normal"),
        (facts("noise", working=False), "noise-at-night", "civil-defence", "normal"),
        (facts("noise", working=True), "health", "health-environment", "normal"),
        (facts("road-damage", kind="suggestion"), "ideas", "triage", "normal"),
        (facts("other", text="เรื่องภาษีที่ดิน"), "taxes", "finance", "normal"),
        (facts("other", text="ไม่รู้จะแจ้งใคร"), None, "triage", "normal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_reports_of_mae_hia_reach_the_team_that_answers_for_them(
    given_facts: Facts, rule: str | None, team: str, priority: str
) -> None:
    routed = route(town(), given_facts)

    assert (routed.rule, routed.team, routed.priority) == (rule, team, priority)


@pytest.mark.parametrize(
    ("category", "texts"),
    [
        ("water-leak", ["ท่อแตก", "ท่อประปาแตก", "ท่อ ประปา เเตก", "a burst pipe", "Pipe burst"]),
        ("drain-flood", ["น้ำเข้าบ้าน", "นํ้าเข้าบ้าน", "น้ําเข้าบ้าน", "น้ำไหลเข้าบ้าน", "flash flood", "water in my house"]),
        ("power-cut", ["สายไฟขาด", "สายไฟ\u200bขาด", "สายไฟฟ้าขาด", "เสาไฟฟ้าหน้าวัดล้ม", "live wires", "a wire is down"]),
        ("other", ["ไฟไหม้", "ไฟใหม้", "ไฟ ไหม้", "เพลิงไหม้", "a house on fire", "HOUSE-FIRE"]),
        ("fallen-tree", ["ต้นไม้ล้ม", "ต้นมะม่วงล้มทับบ้าน", "ต้นไม้ใหญ่หน้าวัดล้ม", "a fallen tree", "a tree fell"]),
        ("stray-animals", ["งูเข้าบ้าน", "a snake", "snakes", "wasps' nest"]),
        ("road-damage", ["ทางหลวง 108", "ทางหลวง๑๐๘", "ถนนเชียงใหม่ – หางดง", "Highway 108"]),
        ("other", ["เรื่องภาษี", "where do I pay my tax", "late fees"]),
    ],
)
@pytest.mark.parametrize("working", [True, False])
def test_the_same_said_in_other_words_goes_the_same_way(category: str, texts: list[str], working: bool) -> None:
    rules = {text: route(town(), facts(category, text=text, working=working)).rule for text in texts}

    assert len(set(rules.values())) == 1, rules
    assert route(town(), facts(category, text="", working=working)).rule not in rules.values()


def test_the_example_in_the_form_is_a_burst_pipe_in_either_language() -> None:
    form = Words(ROOT / "services/intake/pages/strings.yaml")
    examples = [facts("water-leak", text=form(language, "report.text.placeholder")) for language in ("th", "en")]

    assert [route(town(), example).rule for example in examples] == ["water-burst", "water-burst"]


@pytest.mark.parametrize("text", ["The station fire hydrant is dry", "The coffee shop is noisy", "Taxi rank is dirty"])
def test_a_latin_word_is_not_found_inside_another(text: str) -> None:
    assert route(town(), facts("other", text=text)).rule is None


@pytest.mark.parametrize("name", TOWNS)
def test_every_category_of_every_town_reaches_a_team_with_a_promise(name: str) -> None:
    place = town(name)
    for category in place.categories:
        routed = route(place, facts(category))

        assert routed.team in place.teams
        assert find_target(place, routed.service_level, routed.priority).resolve_minutes


@pytest.mark.parametrize("name", TOWNS)
def test_what_no_rule_knows_waits_in_triage_and_says_so(name: str) -> None:
    routed = route(town(name), facts("no-such-category", text="?"))

    assert routed.rule is None
    assert routed.team == town(name).triage
    assert routed.version == town(name).routing.version


FACTS = st.builds(
    facts,
    category=st.sampled_from([*town().categories, "unknown"]),
    text=st.sampled_from(["", "ท่อแตก น้ำพุ่ง", "ไฟไหม้", "สายไฟขาด", "ไข้เลือดออก", "WIRE DOWN"]),
    working=st.booleans(),
    kind=st.sampled_from(["problem", "suggestion", "question"]),
    answers=st.sampled_from([{}, {"danger": "yes"}, {"depth": "knee"}, {"bitten": "no"}]),
    outside_town=st.booleans(),
)


@given(FACTS)
def test_the_dry_run_names_the_rule_that_decides_and_why_each_earlier_one_did_not(asked: Facts) -> None:
    routed, tried = route(town(), asked), explain(town(), asked)
    decided = [rule.rule for rule in tried if rule.result == "decided"]

    assert [rule.rule for rule in tried] == [rule.code for rule in town().routing.rules]
    assert decided == ([routed.rule] if routed.rule else [])
    for rule in tried:
        fails = [check for check in rule.checks if not check.holds]
        if rule.result == "no_match":
            assert fails
        if rule.result == "decided":
            assert not fails
            break


def test_a_rule_that_looks_at_the_answers_is_named_to_nobody_but_reporter_and_staff() -> None:
    """Somebody was bitten; how deep the water stands in a house: the answers are the reporter's own."""
    bitten = route(town(), facts("stray-animals", answers={"bitten": "yes"})).rule
    assert bitten == "bitten"
    assert choose_public_rule(town(), bitten) is None
    assert choose_public_rule(town(), "water") == "water"
    assert choose_public_rule(town(), None) is None


def test_words_are_found_in_any_case_and_inside_thai_text_without_spaces() -> None:
    assert route(town(), facts("power-cut", text="There is a WIRE DOWN here")).rule == "wire-down"
    assert route(town(), facts("power-cut", text="เมื่อคืนฝนตกสายไฟขาดหน้าบ้าน")).rule == "wire-down"


def sighting(days: float, north_m: float) -> Sighting:
    return Sighting(MONDAY - timedelta(days=days), MARKET.latitude + north_m / 111_320, MARKET.longitude)


@pytest.mark.parametrize(
    ("earlier", "rule"),
    [
        ([sighting(1, 10), sighting(59, 90)], "dumping-again"),
        ([sighting(1, 10)], "rubbish"),
        ([sighting(1, 10), sighting(61, 10)], "rubbish"),
        ([sighting(1, 10), sighting(2, 110)], "rubbish"),
    ],
    ids=["three within days and metres", "only two", "one too old", "one too far"],
)
def test_recurrence_counts_reports_near_in_time_and_place_the_new_one_included(
    earlier: list[Sighting], rule: str
) -> None:
    assert route(town(), facts("dumped-rubbish", earlier=earlier, **PLACE)).rule == rule


def test_a_report_without_a_place_recurs_nowhere() -> None:
    assert route(town(), facts("dumped-rubbish", earlier=[sighting(1, 0), sighting(2, 0)])).rule == "rubbish"


def test_earlier_reports_are_asked_for_only_where_a_rule_needs_them() -> None:
    assert find_farthest("dumped-rubbish", town()) == (timedelta(days=60), 100.0)
    assert find_farthest("noise", town()) is None


def test_distance_is_in_metres() -> None:
    assert measure_metres(18.7, 98.9, 18.7, 98.901) == pytest.approx(105.4, abs=0.5)
    assert measure_metres(18.7, 98.9, 18.701, 98.9) == pytest.approx(111.3, abs=0.5)


def test_the_rule_that_the_page_on_towns_shows_can_be_put_where_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs/operations/new-town.md").read_text(encoding="utf-8")
    rule = "".join(line[3:] + "\n" for line in page.split("```yaml\n")[1].split("```")[0].rstrip().splitlines())
    folder = Path(shutil.copytree(ROOT / "deploy/municipalities/maehia", tmp_path / "maehia"))
    rules = (folder / "routing.yaml").read_text(encoding="utf-8")
    before = "    - code: water\n"
    (folder / "routing.yaml").write_text(rules.replace(before, rule + before), encoding="utf-8")
    school = facts("water-leak", text="น้ำรั่วหน้าโรงเรียน")

    assert route(town(), school).rule == "water"
    assert (route(load_town(folder), school).rule, route(load_town(folder), school).priority) == (
        "leak-at-school",
        "high",
    )
