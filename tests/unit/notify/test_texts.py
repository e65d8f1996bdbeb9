"""Which events a notice rule speaks of, and how the texts of every town are filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.machine import ROOT
from services.notify.domain.file import left_out
from services.notify.domain.rules import matches
from services.notify.domain.texts import fill_message, message_in
from shared.events.catalogue import EVENTS
from shared.town import Town, load_town
from shared.town.models import PLACEHOLDERS, Message, NoticeRule, Template
from shared.town.notices import fill

TOWNS = ROOT / "deploy" / "municipalities"

RULE = NoticeRule(
    code="late",
    event="onestop.work-order.escalated.v1",
    audience="reporter",
    channels=("inbox",),
    template="late",
    when={"percent": ("100", "200"), "clock": ("resolve",)},
)


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"percent": 100, "clock": "resolve"}, True),
        ({"percent": 200, "clock": "resolve"}, True),
        ({"percent": 80, "clock": "resolve"}, False),
        ({"percent": 100, "clock": "acknowledge"}, False),
        ({"clock": "resolve"}, False),
    ],
)
def test_a_rule_speaks_of_events_whose_fields_all_fit(data: dict[str, object], fits: bool) -> None:
    assert matches(RULE, RULE.event, data) is fits
    assert not matches(RULE, "onestop.work-order.created.v1", data)


def test_yes_and_no_are_written_as_in_yaml() -> None:
    rule = RULE.model_copy(update={"when": {"late": ("true",)}})
    assert matches(rule, RULE.event, {"late": True})
    assert not matches(rule, RULE.event, {"late": False})


def test_a_line_with_an_empty_placeholder_is_left_out() -> None:
    text = "Report {reference}\nDetails: {note}\nSee {link}"
    values = {"reference": "MH-1", "note": "", "link": "https://x"}
    assert fill(text, values) == "Report MH-1\nSee https://x"


def test_a_value_is_never_taken_for_a_template() -> None:
    assert fill("{note}", {"note": "{link} {0.__class__}"}) == "{link} {0.__class__}"


@pytest.mark.parametrize("event", [name for name in PLACEHOLDERS if name in EVENTS])
def test_what_an_event_offers_to_a_template_is_kept_of_it(event: str) -> None:
    """Or a message says "as follows" and nothing."""
    assert PLACEHOLDERS[event] & set(EVENTS[event].model_fields) & left_out(EVENTS[event]) == set()


def test_a_placeholder_without_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{link}", {})


@given(st.text(), st.text())
def test_filling_in_keeps_any_value_as_it_is(before: str, value: str) -> None:
    text = "".join(letter for letter in before if letter not in "{}").strip() + "{value}"
    if value.strip() and not set(text) & set("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        assert fill(text, {"value": value}).endswith(value.strip())  # a message has no blanks at its ends


def test_short_messages_are_for_phones_only() -> None:
    message = Message(subject="Subject", body="Long", short="Short")
    assert fill_message(message, "sms", {}) == ("Subject", "Short")
    assert fill_message(message, "line", {}) == ("Subject", "Short")
    assert fill_message(message, "email", {}) == ("Subject", "Long")
    assert fill_message(message.model_copy(update={"short": None}), "line", {}) == ("Subject", "Long")


def test_a_language_that_is_missing_falls_back_to_the_other() -> None:
    thai = Message(subject="ก", body="ก")
    assert message_in(Template(th=thai), "en") is thai
    with pytest.raises(KeyError):
        message_in(Template(), "en")


@pytest.fixture(scope="module")
def maehia() -> Town:
    return load_town(TOWNS / "maehia")


@pytest.mark.parametrize("name", ["maehia", "nong-bua-noi"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_notice_can_be_said_in_both_languages(name: str, language: str) -> None:
    town = load_town(TOWNS / name)
    for rule in town.notices:
        values = {placeholder: f"<{placeholder}>" for placeholder in PLACEHOLDERS[rule.event]}
        for channel in rule.channels:
            subject, body = fill_message(message_in(town.templates[rule.template], language), channel, values)
            assert subject
            assert body
            assert "{" not in subject + body
            assert ("<reference>" in subject + body) or rule.template == "incident-grows"


def test_thai_notices_are_thai_and_english_ones_are_not(maehia: Town) -> None:
    for template in maehia.templates.values():
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in message_in(template, "th").body)
        assert not any("\u0e00" <= letter <= "\u0e7f" for letter in message_in(template, "en").body)


def test_a_text_message_is_short(maehia: Town) -> None:
    values = {"reference": "MH-B1QW-CPXJ", "link": "https://town.example/t/ABCDEFGH", "town": "เทศบาลเมืองแม่เหียะ"}
    for rule in maehia.notices:
        if "sms" in rule.channels:
            longest = dict.fromkeys(PLACEHOLDERS[rule.event], "x" * 20) | values
            for language in ("th", "en"):
                _, body = fill_message(message_in(maehia.templates[rule.template], language), "sms", longest)
                assert len(body) <= 134  # two parts of a Unicode SMS
