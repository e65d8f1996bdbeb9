"""The rules tried out at the desk: one case, several as lines or as a table, and what is said of a changed file."""

from datetime import UTC, datetime, timedelta

import pytest

from services.dispatch.domain.routing import explain, route
from services.dispatch.domain.rule_changes import Comparison, compare
from services.dispatch.pages.routing import DAYS, SHOWN, TriedCase
from services.dispatch.pages.rules import split_rules
from services.dispatch.routing_facts import facts_of_order
from services.dispatch.rule_trial import FILE_BYTES, Examined, examine_file
from services.dispatch.rules_apart import RULES_MOST, VALUES_MOST
from services.dispatch.typed_cases import CASES_MOST, read_case, read_cases
from shared.town.loader import examine_rules
from shared.town.problems import Problem
from shared.town.work import WORDS_MOST
from tests.support.dispatch_pages import drawn
from tests.support.work import MONDAY, ROOT, facts, order, town

RULES = (ROOT / "deploy/municipalities/maehia/routing.yaml").read_text("utf-8")
DEADLINE = "services.dispatch.rule_trial.CHECK_SECONDS"
CHOICES = {"channels": ("web", "desk"), "kinds": ("problem", "question"), "most": CASES_MOST, "spans": DAYS}


def test_a_form_says_everything_that_a_rule_may_look_at() -> None:
    case = read_case(
        town(),
        {"text": " ท่อแตก ", "category": "water-leak", "latitude": "18.74", "longitude": "98.94", "channel": "line",
         "at": "2026-11-26T18:25", "kind": "problem", "answer.flow": "ใช่", "answers": ""},
    )  # fmt: skip
    assert case.mistakes == {"answer.flow": "answer"}

    case = read_case(town(), {"text": "x", "category": "power-cut", "at": "2026-11-26 18:25", "answer.danger": "ใช่"})
    assert case.question is not None
    assert case.question.at == datetime(2026, 11, 26, 11, 25, tzinfo=UTC)
    assert case.answers == {"danger": "yes"}


@pytest.mark.parametrize(
    ("typed", "mistakes"),
    [
        ({"category": "garden"}, {"category": "unknown"}),
        ({"text": "ท่อแตก"}, {"category": "missing"}),
        ({"category": "noise", "latitude": "18.7"}, {"latitude": "half-a-place"}),
        ({"category": "noise", "latitude": "91", "longitude": "200"}, {"latitude": "wrong", "longitude": "wrong"}),
        ({"category": "noise", "latitude": "north", "longitude": "98.9"}, {"latitude": "wrong"}),
        ({"category": "noise", "at": "yesterday"}, {"at": "wrong"}),
        ({"category": "noise", "at": "2569-11-26 18:25"}, {"at": "wrong"}),
        ({"category": "noise", "channel": "pigeon", "kind": "song"}, {"channel": "wrong", "kind": "wrong"}),
        ({"category": "noise", "text": "ก" * 4001}, {"text": "wrong"}),
        ({"category": "noise", "answers": "depth=knee"}, {"answer.depth": "answer"}),
    ],
)
def test_each_thing_that_cannot_be_read_is_named_by_its_field(typed: dict[str, str], mistakes: dict[str, str]) -> None:
    case = read_case(town(), typed)
    assert case.question is None
    assert case.mistakes == mistakes


def test_lines_are_cases_of_the_chosen_category() -> None:
    cases = read_cases(town(), "ท่อแตก\n\n  น้ำซึม, ริมถนน  \n", "water-leak").cases
    assert [case.question and case.question.text for case in cases] == ["ท่อแตก", "น้ำซึม, ริมถนน"]


def test_a_table_names_its_columns_and_a_cell_may_hold_lines_and_commas() -> None:
    table = (
        "\ufeffText,Category,lat,lon,at,channel,kind,answers\r\n"
        '"ไฟดับ, ทั้งซอย\nตั้งแต่เช้า",power-cut,18.74,98.94,2026-11-26 18:25,desk,problem,danger=yes;extent=lane\r\n'
        "ภาษี,other,,,,,question,\r\n"
    )
    first, second = read_cases(town(), table).cases
    assert first.mistakes == {"answer.extent": "answer"}
    assert second.question is not None
    assert (second.question.kind, second.question.category) == ("question", "other")
    (third,) = read_cases(town(), table.replace(";extent=lane", "").rpartition("ภาษี")[0]).cases
    assert third.question is not None
    assert third.question.text == "ไฟดับ, ทั้งซอย\nตั้งแต่เช้า"


def test_more_than_are_tried_at_once_are_counted_and_a_broken_table_is_said_to_be() -> None:
    many = read_cases(town(), "x\n" * (CASES_MOST + 3), "other")
    assert (len(many.cases), many.left_out) == (CASES_MOST, 3)
    assert read_cases(town(), 'text,category\n"open,other\n').mistake == "unexpected end of data"
    assert read_cases(town(), "  \n").cases == []


def test_each_of_several_leads_to_the_page_that_explains_it() -> None:
    typed = read_case(town(), {"text": "ไฟดับ", "category": "power-cut", "latitude": "18.74", "longitude": "98.94",
                               "at": "2026-11-26 18:25", "answer.danger": "yes"})  # fmt: skip
    address = TriedCase(typed).address(town().calendar.zone)
    assert address.startswith("/desk/routing?category=power-cut&text=%E0")
    assert "answer.power-cut.danger=yes" in address
    assert "latitude=18.74" in address
    assert "at=2026-11-26T18%3A25" in address


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_for_one_shows_where_it_goes_what_was_looked_at_and_each_rule(language: str) -> None:
    asked = facts("water-leak", text="ท่อแตก", working=False)
    typed = read_case(town(), {"text": "ท่อแตก", "category": "water-leak"})
    page = drawn(
        "routing.html", path="/desk/routing", language=language, values={"category": "water-leak"}, typed=typed,
        facts=asked, routed=route(town(), asked), **CHOICES, **split_rules(explain(town(), asked)),
    )  # fmt: skip
    assert town().team_name("civil-defence", language) in page
    assert town().routing.version in page
    assert 'data-about="power-cut" hidden' in page
    assert 'aria-current="page">' in page


@pytest.mark.parametrize("language", ["th", "en"])
def test_mistakes_are_said_in_words_above_the_form_and_in_each_row(language: str) -> None:
    typed = read_case(town(), {"category": "power-cut", "at": "?", "answer.danger": "perhaps"})
    values = {"category": "power-cut"}
    page = drawn("routing.html", path="/desk/routing", language=language, values=values, typed=typed, facts=None,
                 **CHOICES)  # fmt: skip
    assert 'href="#at"' in page
    assert 'href="#answer.power-cut.danger"' in page
    rows = drawn("routing_several.html", path="/desk/routing/several", language=language, tried=[TriedCase(typed)],
                 text="", category="", left_out=7, mistake=None, **CHOICES)  # fmt: skip
    assert "(danger)" in rows
    assert "200" in rows


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of a file does not follow from how busy the machine is: the reader's own 1.3 s took 16 by the clock
    at a load of 18, and more than its deadline at twice that."""
    for deadline in (DEADLINE, "shared.files.apart.SECONDS_MOST"):
        monkeypatch.setattr(deadline, 3600.0)


@pytest.mark.usefixtures("patient")
async def test_a_changed_file_is_held_to_the_towns_own_checks() -> None:
    fine = await examine_file(town(), RULES.replace("then: {team: works-lights,", "then: {team: works-roads,"))
    assert fine.town is not None
    assert fine.town.routing.version != town().routing.version
    broken = await examine_file(town(), RULES.replace("team: works-lights", "team: works-lamps"))
    assert broken.town is None
    line = RULES[: RULES.index("team: works-lights")].count("\n") + 1
    assert (broken.problems[0].line, broken.problems[0].reason) == (line, "there is no team 'works-lamps'")


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#" * (FILE_BYTES + 1), "larger than 200,000 bytes"),
        ("[" * 150_000, "more than 64 lists and mappings in one another"),
        (f"routing:\n  x: [{', '.join(['a'] * (VALUES_MOST + 1))}]\n", "8,000 words"),
        ("routing:\n  x: &w\n" + "   -\n    a\n" * 200 + "  y: [" + "*w, " * 40 + "]\n", "8,000 words"),
        ("routing:\n  rules: [" + "{}, " * (RULES_MOST + 1) + "]\n", "more than 300 rules"),
        ("routing:\n  x: [" + "{}, " * (VALUES_MOST + 1) + "]\n", "8,000 words"),
        ("routing: [", "not YAML"),
        ("", "must begin with `routing:`"),
    ],
    ids=["large", "deep", "many", "repeated", "rules", "hollow", "no-yaml", "empty"],
)
async def test_what_would_cost_too_much_or_cannot_be_read_is_refused_at_once(text: str, said: str) -> None:
    (problem,) = (await examine_file(town(), text)).problems
    assert said in problem.reason


@pytest.mark.usefixtures("patient")
async def test_a_number_that_python_will_not_read_is_named_with_its_line() -> None:
    """It was a failure of ours, which told the officer to try again."""
    problems = (await examine_file(town(), f"routing:\n  x: {'9' * 5_000}\n")).problems
    assert 2 in [one.line for one in problems]


async def test_a_file_that_is_not_read_in_time_is_not_blamed_for_a_busy_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DEADLINE, 0.01)
    (problem,) = (await examine_file(town(), RULES)).problems
    assert "this machine is busy" in problem.reason


async def test_a_file_that_takes_its_reader_down_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.dispatch.rule_trial._READER", "tests.support.deadly.spinning")
    (problem,) = (await examine_file(town(), RULES)).problems
    assert "more time or memory" in problem.reason


@pytest.mark.usefixtures("patient")
async def test_a_rule_has_a_bounded_number_of_words() -> None:
    """Each is held against each of the others."""
    words = ", ".join(f'"{"a" * (number + 2)}"' for number in range(WORDS_MOST + 1))
    one = f"routing:\n  rules:\n    - {{code: x, when: {{words: [{words}]}}, then: {{team: triage}}}}\n"
    problems = (await examine_file(town(), one)).problems
    assert any(f"at most {WORDS_MOST}" in problem.reason for problem in problems)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_for_a_file_names_lines_ways_and_cases(language: str) -> None:
    changed, _, _ = examine_rules(town().directory, RULES.replace("then: {team: works-lights,", "then: {team: triage,"))
    assert changed
    work = order("street-light")
    facts = facts_of_order(town(), work)
    moves = compare("01A", work, route(town(), facts), route(changed, facts))
    assert moves
    compared = Comparison("1", "2", MONDAY - timedelta(days=30), 9, False, [moves])
    examined = Examined(changed, (), [Problem("routing.yaml", 7, "word 'x' is one letter")])
    page = drawn("routing_rules.html", path="/desk/routing/rules", language=language, text=RULES, days=30,
                 examined=examined, compared=compared, shown=SHOWN, **CHOICES)  # fmt: skip
    assert 'href="/desk/01A"' in page
    assert "word &#39;x&#39; is one letter" in page
    assert "onestop route compare" in page
    assert f"{town().team_name('works-lights', language)} → {town().team_name('triage', language)}" in page
    unusable = Examined(None, [Problem("routing.yaml", 3, "there is no team 'moon'")], ())
    broken = drawn("routing_rules.html", path="/desk/routing/rules", language=language, text="x", days=30,
                   compared=None, examined=unusable, **CHOICES)  # fmt: skip
    assert "there is no team &#39;moon&#39;" in broken
