"""How long each hop took, where reports went, and how it looks on a terminal."""

import io

import pytest

from shared.events.ids import new_id
from tests.support.played import BEGAN, SUBMITTED, answer, created, ledger, notice, rules, seen, submitted, whole
from tools.play.figures import Hops, destinations, hops, spreads
from tools.play.ledger import Story
from tools.play.reconcile import reconcile
from tools.play.screen import Progress, case_line, conclusion, duration, fit_text, totals, trace_link, wide

CASE = new_id()


def test_hops_are_measured_between_what_was_seen() -> None:
    events = [submitted(CASE, 0.02), created(CASE, at=0.1), notice(CASE, SUBMITTED, at=0.05), notice(CASE, at=0.25)]
    found = hops(answer(case=CASE, took=0.03), ledger(events).story(CASE))
    assert (found.save, found.route, found.notice, found.total) == pytest.approx((0.03, 0.08, 0.15, 0.25))


def test_what_was_not_seen_has_no_time() -> None:
    assert hops(answer(took=0.03), Story()) == Hops(0.03)
    story = ledger([submitted(CASE), created(CASE)]).story(CASE)
    assert hops(answer(took=0.03), story).notice is None


def test_a_spread_has_median_p95_and_the_longest() -> None:
    found = spreads([Hops(float(number)) for number in range(1, 101)])
    assert (found["save"].median, found["save"].p95, found["save"].most) == (50.5, 96.0, 100.0)
    assert set(found) == {"save"}


def test_destinations_are_counted_the_largest_first() -> None:
    stories = [ledger([created(CASE, team)]).story(CASE) for team in (None, "works-water", "works-water")]
    assert list(destinations([*stories, Story()]).items()) == [
        (("works-water", "water"), 2), (("triage", "no rule matched"), 1),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["ท่อประปาแตกหน้าตลาดแม่เหียะ น้ำพุ่งสูงเกือบสองเมตร", "short", "", "漢字漢字漢字漢字漢字漢字"])
def test_cells_are_as_wide_as_they_are_drawn(text: str) -> None:
    assert wide(fit_text(text, 20)) == 20


def test_what_steers_a_terminal_is_left_out() -> None:
    assert fit_text("\x1b[2Jab\u200bc\x07", 10) == "[2Jabc    "


def test_thai_marks_above_and_below_need_no_column() -> None:
    assert wide("ที่นี่") == 2
    assert wide("น้ำ") == 2


@pytest.mark.parametrize(("seconds", "words"), [(0.0124, "12 ms"), (1.26, "1.3 s"), (None, "–")])
def test_durations_are_readable(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_a_cases_line_says_where_it_went_and_where_its_trace_is() -> None:
    one = answer(7, case=CASE)
    line = case_line(
        one, ledger(whole(CASE)).story(CASE), Hops(0.05, 0.1), trace_link("http://z", one.reference, BEGAN)
    )
    assert "MH-7" in line
    assert "works-water (water)" in line
    hour_later = 1_795_402_800_000  # without an end Zipkin's page waits for a click
    assert line.splitlines()[1].strip() == (
        f"http://z/zipkin/?annotationQuery=onestop.reference%3DMH-7&lookback=1d&endTs={hour_later}&limit=20"
    )


def test_a_case_outside_the_town_says_so() -> None:
    report = seen(SUBMITTED, CASE, {"outside_town": True, "sensitive": False})
    assert "outside the town" in case_line(answer(), ledger([report, created(CASE)]).story(CASE), Hops(0.1), "link")


def test_a_refused_row_says_why() -> None:
    line = case_line(answer(3, "refused", "no-place (Not valid)"), Story(), Hops(0.1), "link")
    assert "refused" in line
    assert "no-place (Not valid)" in line


def test_the_conclusion_says_reconciled_with_the_counts() -> None:
    answers = [answer(1, case=CASE), answer(2, "refused", "no-place (Not valid)")]
    verdict = reconcile(2, answers, ledger(whole(CASE)), rules())
    assert conclusion(verdict) == (
        "\nreconciled: 2 rows = 1 accepted + 1 refused; 1 report.submitted; 1 work orders (1 with a team, 0 in triage);"
        " 4 notices (4 sent); none lost, none doubled"
    )
    assert "       1  no-place (Not valid)" in totals(verdict, [], {}, 2.0)
    assert "2 rows sent and answered in 2.0 s: 1/s" in totals(verdict, [], {}, 2.0)


def test_differences_are_grouped_and_name_their_cases() -> None:
    verdict = reconcile(2, [answer(1, case=CASE), answer(2)], ledger([submitted(CASE)]), rules())
    told = conclusion(verdict)
    assert told.startswith("\nNOT reconciled: 2 rows")
    assert "  no work order: MH-1, MH-2" in told
    assert "  no report.submitted: MH-2" in told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_on_a_terminal() -> None:
    out = Terminal()
    progress = Progress(10, out)
    progress.show(0, "nothing yet")
    progress.show(10, "all", last=True)
    assert out.getvalue().count("\n") == 1
    assert out.getvalue().count("\r") == 2


def test_progress_elsewhere_is_a_line_now_and_then() -> None:
    out = io.StringIO()
    progress = Progress(1000, out)
    for sent in range(100):
        progress.show(sent, "going on")
    progress.show(1000, "done", last=True)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert "\r" not in out.getvalue()
    assert lines[-1].startswith("1,000/1,000 rows")


def test_progress_says_when_it_will_be_ready() -> None:
    out = io.StringIO()
    progress = Progress(100, out)
    progress.began -= 10
    progress.show(50, "half")
    assert "50/100 rows, 5/s, ready in 10 s · half" in out.getvalue()
