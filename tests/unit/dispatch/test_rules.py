"""The dry run in the reader's language: no code of ours where a word belongs."""

from services.dispatch.app import PAGES
from services.dispatch.domain.routing import Checked, Tried, explain
from services.dispatch.pages.rules import RuleWords
from shared.words import Words
from tests.support.dispatch_pages import drawn
from tests.support.work import facts, town

SAID = Words(PAGES / "strings.yaml")
WORDS = RuleWords(town(), "th", lambda key, **values: SAID("th", key, **values), lambda key, code: SAID("th", key))


def tried(code: str, category: str = "water-leak", **more: object) -> tuple[Tried, dict[str, Checked]]:
    rule = next(each for each in explain(town(), facts(category, **more)) if each.rule == code)
    return rule, {check.condition: check for check in rule.checks}


def test_a_rule_without_a_name_is_called_by_what_it_speaks_of() -> None:
    assert WORDS.name("wire-down") == "สายไฟขาดหรือไฟรั่ว"
    assert WORDS.name("water") == "ท่อน้ำรั่วหรือแตก"
    assert WORDS.name("ideas") == "ข้อเสนอแนะ, คำถาม และอื่น\u00a0ๆ"
    assert WORDS.name("wire-down-answered") == "ไฟฟ้าดับ · มีสายไฟขาดหรือไฟรั่วหรือไม่: ใช่"
    assert WORDS.name("tree-off-hours") == "ต้นไม้ล้มหรือกิ่งไม้อันตราย · นอกเวลาราชการ"
    assert WORDS.name("of-an-older-version") == "of-an-older-version"


def test_hours_kinds_and_answers_are_words() -> None:
    _, burst = tried("burst-off-hours")
    assert WORDS.say_wanted("burst-off-hours", burst["hours"]) == "นอกเวลาราชการ"
    assert WORDS.found("burst-off-hours", burst["hours"]) == "เวลาราชการ"
    _, ideas = tried("ideas", kind="question")
    assert WORDS.say_wanted("ideas", ideas["kinds"]) == "ข้อเสนอแนะ, คำถาม, แสดงความเห็นต่อการรับฟังความคิดเห็น"
    assert WORDS.found("ideas", ideas["kinds"]) == "คำถาม"
    _, wire = tried("wire-down-answered", "power-cut")
    assert WORDS.condition("wire-down-answered", wire["answers.danger"]) == "คำตอบ “มีสายไฟขาดหรือไฟรั่วหรือไม่”"
    assert WORDS.say_wanted("wire-down-answered", wire["answers.danger"]) == "ใช่"
    assert WORDS.found("wire-down-answered", wire["answers.danger"]) == "ไม่มี"


def test_recurrence_is_a_sentence() -> None:
    _, again = tried("light-again", "street-light")
    assert WORDS.say_wanted("light-again", again["recurrence"]) == "ตั้งแต่ 3 เรื่องใน 30 วัน ในรัศมี 60 เมตร"
    assert WORDS.found("light-again", again["recurrence"]) == "1 เรื่อง"


def test_no_code_is_left_in_the_conditions_of_any_rule() -> None:
    codes = {"working", "off", "suggestion", "question", "consultation", "problem", "web", "yes", "no", "true"}
    for rule in explain(town(), facts(answers={"danger": "yes"})):
        for check in rule.checks:
            said = f"{WORDS.say_wanted(rule.rule, check)}, {WORDS.found(rule.rule, check)}"
            assert check.condition == "words" or not codes & set(said.split(", ")), (rule.rule, said)


def test_the_table_is_drawn_in_words_in_both_languages() -> None:
    rules = explain(town(), facts())
    thai = drawn("_rules.html", rules=rules, others=[])
    assert "นอกเวลาราชการ" in thai
    assert "working" not in thai
    assert "outside office hours" in drawn("_rules.html", language="en", rules=rules, others=[])
