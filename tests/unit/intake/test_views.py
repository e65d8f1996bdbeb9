"""Everybody sees where a report stands, and nobody's data; its reporter sees all of it."""

from typing import Any

import pytest

from services.intake.api.open_data import feature
from services.intake.api.views import ReportView, timeline_page
from services.intake.domain.corrections import amend
from services.intake.domain.progress import record_notice, record_work
from services.intake.domain.report import Actor, Report
from services.intake.domain.states import LINES, LineType, State, look_of, tone_of
from services.intake.domain.viewer import EVERYBODY, STAFF, Viewer
from shared.events.notices import NoticeFailed
from shared.events.work_orders import WorkOrderCompleted, WorkOrderCreated, WorkOrderRefused
from shared.readers import with_public_form
from shared.words import Words
from tests.support.reports import (
    CASE,
    MAEHIA,
    ORDER,
    OTHER_CASE,
    after,
    by_mail,
    category,
    report,
    submitted,
    town,
    work,
)

WORDS = Words(MAEHIA.parents[2] / "services/intake/pages/strings.yaml")
REPORTER = Viewer("reporter", "reporter")
FOLLOWER = Viewer("follower", "follower-1")
UNTOLD: dict[str, Any] = {
    "case_id": CASE, "reference": "MH-4K7T-29Q8", "about": "onestop.report.submitted.v1", "audience": "reporter",
}  # fmt: skip


def seen(one: Report, viewer: Viewer = EVERYBODY, language: str = "th") -> dict[str, Any]:
    return ReportView(town(), WORDS, language, viewer).report(one, timeline_page(one.timeline))


def in_work() -> Report:
    held = record_work(
        report(), work(WorkOrderCreated, rule="water", public_rule="water"), ORDER, after(1), late=False, reopen_days=9
    ).state
    refused = work(WorkOrderRefused, previous_team="works-water", team=None, level="triage", reason="ไม่ใช่งานเรา")
    return record_work(held, refused, ORDER, after(2), late=False, reopen_days=9).state


def sensitive_report() -> Report:
    return submitted(category=category(sensitive=True)).state


def done_with(one: Report, **routed: Any) -> Report:
    """Routed and completed, with a number in the note and a picture, as dispatch tells it of such a report."""
    marks = {"category": one.category, "sensitive": one.sensitive, "shown": one.listed}
    created = work(WorkOrderCreated, **marks, **routed)
    held = record_work(one, created, ORDER, after(1), late=False, reopen_days=9).state
    done = work(WorkOrderCompleted, **marks, photos=["/media/after.webp"],
                **with_public_form("note", "โทร 081-234-5678", one.openness))  # fmt: skip
    return record_work(held, done, ORDER, after(2), late=False, reopen_days=9).state


def moved(one: Report, code: str) -> Report:
    step = amend(one, after(3), town(), category=code)
    assert step is not None
    return step.state


def test_everybody_sees_masked_text_and_no_address() -> None:
    view = seen(report(answers={"flow": "burst"}))
    assert view["text"] == "ท่อแตก โทร •••"
    assert (view["address"], view["answers"]) == (None, None)
    assert view["location"] == {"latitude": 18.7431, "longitude": 98.9638, "coarse": False}


def test_the_reporter_sees_what_they_wrote() -> None:
    view = seen(report(answers={"flow": "burst"}), REPORTER)
    assert view["text"] == "ท่อแตก โทร 081-234-5678"
    assert (view["address"], view["answers"]) == ("หน้าตลาด 99/1", {"flow": "burst"})


def test_a_sensitive_report_shows_no_text_no_photos_and_a_coarse_place() -> None:
    one = submitted(category=category(sensitive=True), photos=["a" * 32]).state
    view = seen(one)
    assert view["location"] == {"latitude": 18.74, "longitude": 98.96, "coarse": True}
    assert (view["text"], view["photos"]) == (None, [])
    mine = seen(one, REPORTER)
    assert mine["location"] == {"latitude": 18.7431, "longitude": 98.9638, "coarse": False}
    assert len(mine["photos"]) == 1


def test_a_team_s_reason_is_for_the_reporter_only() -> None:
    assert "ไม่ใช่งานเรา" not in str(seen(in_work()))
    assert "ไม่ใช่งานเรา" in str(seen(in_work(), REPORTER))


def test_the_timeline_says_who_and_at_which_level() -> None:
    routed = next(entry for entry in seen(in_work())["timeline"] if entry["type"] == "routed")
    assert (routed["level"], routed["team"], routed["rule"]) == ("crew", "works-water", "water")
    assert town().team_name("works-water", "th") in routed["text"]


def test_a_note_is_masked_for_everybody() -> None:
    done = done_with(report())
    assert seen(done)["timeline"][-1]["note"] == "โทร •••"
    assert seen(done, REPORTER)["timeline"][-1]["note"] == "โทร 081-234-5678"


def test_a_follower_sees_of_a_report_that_was_hidden_where_it_stands_and_nothing_it_is_about() -> None:
    hidden = moved(done_with(report(photos=["a" * 32], public_photos=[1])), category(public=False))
    view = seen(hidden, FOLLOWER)
    assert (view["state"], view["outcome"], view["reference"]) == ("resolved", "fixed", hidden.reference)
    told_apart = ("category", "team", "zone", "location", "agency", "text", "due_at")
    assert {view[name] for name in told_apart} == {None}
    assert view["photos"] == []
    named = [town().category_name(hidden.category, "th"), town().team_name("works-water", "th"), "works-water", "•••"]
    assert not [name for name in named if name in str(view)]
    assert seen(hidden, REPORTER)["category"] == hidden.category


@pytest.mark.parametrize("before", [{"sensitive": True}, {"public": False}])
def test_what_was_said_while_a_report_was_closed_stays_closed_when_it_opens(before: dict[str, bool]) -> None:
    closed = done_with(submitted(category=category(**before), photos=["a" * 32]).state, rule="dengue")
    opened = moved(closed, category(sensitive=False))
    for viewer in (EVERYBODY, FOLLOWER):
        view = seen(opened, viewer)
        assert (view["text"], view["photos"]) == (None, [])
        assert not [secret for secret in ("081-234-5678", "dengue", "/media/after.webp") if secret in str(view)]
    assert "081-234-5678" in str(seen(opened, REPORTER))


def test_nobody_learns_that_a_hidden_report_had_a_team_once_it_is_open() -> None:
    closed = done_with(submitted(category=category(public=False)).state)
    view = seen(moved(closed, category(sensitive=False)))
    assert [line["type"] for line in view["timeline"]] == ["amended"]


def test_how_a_sensitive_report_was_judged_is_between_its_reporter_and_the_town() -> None:
    rule = {"rule": "dengue", "public_rule": "dengue"}
    held = work(WorkOrderCreated, **rule, due_at=after(60), sensitive=True)
    one = record_work(sensitive_report(), held, ORDER, after(1), late=False, reopen_days=9).state
    view, routed = seen(one), seen(one)["timeline"][-1]
    assert view["due_at"] is None
    assert not {"rule", "priority", "due_at"} & set(routed)
    assert {"rule", "priority", "due_at"} <= set(seen(one, REPORTER)["timeline"][-1])


def test_a_rule_that_looked_at_the_answers_is_named_to_the_reporter_and_staff_alone() -> None:
    bitten = work(WorkOrderCreated, rule="bitten", public_rule=None)
    one = record_work(report(), bitten, ORDER, after(1), late=False, reopen_days=9).state
    assert "rule" not in seen(one)["timeline"][-1]
    assert seen(one, REPORTER)["timeline"][-1]["rule"] == "bitten"


def test_whether_the_reporter_could_be_told_is_nobody_else_s_business() -> None:
    told = NoticeFailed(**UNTOLD, channels=by_mail("failed", "no-such-mailbox"))
    step = record_notice(report(), told, after(1))
    assert step is not None
    assert [line["type"] for line in seen(step.state)["timeline"]] == ["received"]
    assert [line["type"] for line in seen(step.state, FOLLOWER)["timeline"]] == ["received"]
    assert [line["type"] for line in seen(step.state, REPORTER)["timeline"]] == ["received", "notice"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("too-many", "ส่งอีเมลถึงท่านไม่สำเร็จ: วันนี้ส่งอีเมลถึงที่อยู่นี้มากแล้ว"),
        ("no-such-mailbox", "ส่งอีเมลถึงท่านไม่สำเร็จ"),
    ],
)
def test_a_mail_that_failed_says_why_where_there_are_words_for_it(reason: str, said: str) -> None:
    step = record_notice(report(), NoticeFailed(**UNTOLD, channels=by_mail("failed", reason)), after(1))
    assert step is not None
    assert seen(step.state, REPORTER)["timeline"][-1]["text"] == said


def test_the_report_that_was_merged_into_is_named_to_staff_alone_while_it_is_hidden() -> None:
    entry = report().timeline[0].model_copy(update={"type": "merged", "reference": "MH-HIDE-HIDE"})
    one = report(merged_into=OTHER_CASE, merged_reference="MH-HIDE-HIDE", timeline=[entry])
    show = ReportView(town(), WORDS, "th", EVERYBODY, unnamed=frozenset({"MH-HIDE-HIDE"}))
    assert "MH-HIDE-HIDE" not in str(show.report(one, timeline_page(one.timeline)))
    assert seen(one)["duplicate_of"] == "MH-HIDE-HIDE"


@pytest.mark.parametrize("viewer", [EVERYBODY, FOLLOWER, REPORTER])
def test_nor_is_it_named_where_its_work_was_called_off(viewer: Viewer) -> None:
    off = {"type": "cancelled", "outcome": "duplicate", "note": "MH-HIDE-HIDE", "public_note": "MH-HIDE-HIDE"}
    said = {"type": "cancelled", "outcome": "duplicate", "note": "ซ้ำ", "public_note": "ซ้ำ"}
    lines = [report().timeline[0].model_copy(update=change) for change in (off, said)]
    one = report(merged_into=OTHER_CASE, merged_reference="MH-HIDE-HIDE", timeline=lines)
    show = ReportView(town(), WORDS, "th", viewer, unnamed=frozenset({"MH-HIDE-HIDE"}))
    shown = show.report(one, timeline_page(lines))["timeline"]
    assert [line.get("note") for line in shown] == [None, "ซ้ำ"]


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("kind", LineType.__args__)  # type: ignore[attr-defined]
def test_every_line_has_its_words_and_its_look(kind: str, language: str) -> None:
    entry = report().timeline[0].model_copy(update={"type": kind})
    assert WORDS.has(f"timeline.{kind}")
    assert ReportView(town(), WORDS, language).sentence(entry) not in ("", kind)
    assert look_of(kind) == LINES[kind]


@pytest.mark.parametrize("state", State.__args__)  # type: ignore[attr-defined]
def test_every_state_has_its_words_and_its_colour(state: State) -> None:
    assert seen(report(state=state), language="en")["state_text"] not in ("", state)
    assert tone_of(state)
    assert tone_of(state, late=True) == "bad"


def test_a_report_without_a_place_is_a_feature_without_geometry() -> None:
    show = ReportView(town(), WORDS, "th")
    assert feature(show.summary(submitted(location=None, kind="suggestion").state))["geometry"] is None
    assert feature(show.summary(report()))["geometry"] == {"type": "Point", "coordinates": [98.9638, 18.7431]}


def card(one: Report, viewer: Viewer = EVERYBODY) -> dict[str, Any]:
    return ReportView(town(), WORDS, "th", viewer).card(one)


@pytest.mark.parametrize("text", ["โทร 081-234-5678", "ไลน์ somchai99", "ติดต่อ som@example.com"])
def test_a_card_is_headed_by_its_kind_where_nothing_is_left_of_its_words(text: str) -> None:
    assert card(submitted(text=text).state)["words"] == ""


def test_a_card_has_the_first_words_as_everybody_may_read_them() -> None:
    one = card(submitted(text="โทร 081-234-5678 " + "ถนนพัง" * 60).state)
    assert "081" not in one["words"]
    assert one["words"].endswith("…")
    assert len(one["words"]) <= 141


def test_a_card_of_a_sensitive_report_has_no_words_and_no_picture() -> None:
    one = card(submitted(category=category(sensitive=True), photos=["a" * 32]).state)
    assert (one["words"], one["picture"]) == ("", None)


def test_who_of_the_staff_acted_is_told_to_staff_and_to_nobody_else() -> None:
    napa = Actor(sub="napa", name="นภา รับเรื่อง")
    step = amend(report(), after(1), town(), text="ท่อแตกหน้าตลาด", actor=napa)
    assert step is not None
    assert step.events[0].model_dump()["actor"] == "napa"
    for viewer in (EVERYBODY, FOLLOWER, REPORTER):
        assert "นภา" not in str(seen(step.state, viewer))
    assert seen(step.state, STAFF)["timeline"][-1]["who"] == "นภา รับเรื่อง"


def test_the_reporter_is_spoken_to_and_everybody_else_is_told_of_the_reporter() -> None:
    step = record_notice(report(), NoticeFailed(**UNTOLD, channels=by_mail("failed")), after(1))
    assert step is not None

    told = [seen(step.state, viewer)["timeline"][-1]["text"] for viewer in (REPORTER, STAFF)]

    assert told == ["ส่งอีเมลถึงท่านไม่สำเร็จ", "ส่งอีเมลถึงผู้แจ้งเรื่องไม่สำเร็จ"]
