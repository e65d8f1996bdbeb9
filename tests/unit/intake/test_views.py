"""Everybody sees where a report stands, and nobody's data; its reporter sees all of it."""

from typing import Any

import pytest

from services.intake.api.views import ReportView, feature, timeline_page
from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from services.intake.domain.states import LINES, LineType, State, look_of, tone_of
from services.intake.domain.viewer import EVERYBODY, Viewer
from shared.events.work_orders import WorkOrderCompleted, WorkOrderCreated, WorkOrderRefused
from shared.words import Words
from tests.support.reports import MAEHIA, ORDER, after, category, report, submitted, town, work

WORDS = Words(MAEHIA.parents[2] / "services/intake/pages/strings.yaml")
REPORTER = Viewer("reporter", "reporter")


def seen(one: Report, viewer: Viewer = EVERYBODY, language: str = "th") -> dict[str, Any]:
    return ReportView(town(), WORDS, language, viewer).report(one, timeline_page(one.timeline))


def in_work() -> Report:
    held = record_work(report(), work(WorkOrderCreated, rule="water"), ORDER, after(1), late=False, reopen_days=9).state
    refused = work(WorkOrderRefused, previous_team="works-water", team=None, level="triage", reason="ไม่ใช่งานเรา")
    return record_work(held, refused, ORDER, after(2), late=False, reopen_days=9).state


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
    done = record_work(report(), work(WorkOrderCompleted, note="โทร 081-234-5678"), ORDER, after(1), late=False,
                    reopen_days=1).state  # fmt: skip
    assert seen(done)["timeline"][-1]["note"] == "โทร •••"


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("kind", LineType.__args__)  # type: ignore[attr-defined]
def test_every_line_has_its_words_and_its_look(kind: str, language: str) -> None:
    entry = report().timeline[0].model_copy(update={"type": kind})
    assert ReportView(town(), WORDS, language).sentence(entry)
    assert look_of(kind) == LINES[kind]


@pytest.mark.parametrize("state", State.__args__)  # type: ignore[attr-defined]
def test_every_state_has_its_words_and_its_colour(state: State) -> None:
    assert seen(report(state=state), language="en")["state_text"]
    assert tone_of(state)
    assert tone_of(state, late=True) == "bad"


def test_a_report_without_a_place_is_a_feature_without_geometry() -> None:
    show = ReportView(town(), WORDS, "th")
    assert feature(show.summary(submitted(location=None, kind="suggestion").state))["geometry"] is None
    assert feature(show.summary(report()))["geometry"] == {"type": "Point", "coordinates": [98.9638, 18.7431]}
