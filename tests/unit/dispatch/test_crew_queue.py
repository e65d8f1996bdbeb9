"""What waits on a crew's phone: sent in its order and once, and nothing of it is lost whatever the town answers."""

import json
from pathlib import Path
from time import time
from typing import Any

import pytest

from services.dispatch.app import PAGES
from tests.support.javascript import run_node
from tests.support.source import ROOT

RUNNER, QUEUE = ROOT / "tests/support/run_queue.mjs", PAGES / "static/queue.mjs"
WHO, PHOTOS = "/crew/who", "/api/v1/work-orders/W/photos"
ME: dict[str, Any] = {"status": 200, "person": "me"}
MORNING = [{"order": "W", "act": act} for act in ("acknowledge", "start", "start")]
FINISH = {"order": "W", "act": "complete", "fields": [["note", "เสร็จ"]], "photos": ["a.jpg", "b.jpg"]}


class Ran:
    """What the queue did."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.added, self.ended, self.settled, self.left = (said[one] for one in ("added", "ended", "settled", "left"))
        self.took_back: bool | None = said["tookBack"]
        self.asked: list[tuple[str, dict[str, str]]] = [(path, fields) for path, fields, _ in said["asked"]]
        self.outlives_its_page = [path for path, _, kept in said["asked"] if kept]

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def run(steps: list[dict[str, Any]], answers: dict[str, list[Any]], syncs: int = 1, **more: Any) -> Ran:
        file = tmp_path / "scene.json"
        file.write_text(
            json.dumps({"steps": steps, "answers": {WHO: [ME], **answers}, "syncs": syncs, **more}), "utf-8"
        )
        return Ran(json.loads(run_node(RUNNER, QUEUE, file)))

    return run


def test_steps_are_sent_in_their_order_each_with_a_key_of_its_own(run: Any) -> None:
    ran = run(MORNING, {})

    assert ran.paths == [WHO, "/crew/W/acknowledge", "/crew/W/start", "/crew/W/start"]
    assert len({fields["key"] for _, fields in ran.asked[1:]}) == 3
    times = [fields["happened_at"] for _, fields in ran.asked[1:]]
    assert times == sorted(times)
    assert (ran.ended, ran.left) == (["sent"], [])


def test_what_a_board_left_behind_is_sent_without_one_when_it_can_be_taken_back_no_more(run: Any) -> None:
    """It waited until somebody opened the board again: a job stood as not accepted, and rang up the ladder."""
    before = time()
    ran = run([{**MORNING[0], "hold": 300}], {}, boardless=True)

    assert ran.paths == [WHO, WHO, "/crew/W/acknowledge"]
    assert time() - before > 0.3
    assert (ran.ended, ran.left) == (["sent"], [])


@pytest.mark.parametrize(
    ("who", "ended"),
    [(401, "signed-out"), (403, "signed-out"), ("away", "later"), ({"status": 200, "person": "them"}, "nothing")],
)
def test_without_a_board_nobodys_step_is_lost_and_nobody_elses_is_sent(run: Any, who: Any, ended: str) -> None:
    ran = run(MORNING[:1], {WHO: [who]}, boardless=True)

    assert (ran.ended, set(ran.paths), len(ran.left)) == ([ended], {WHO}, 1)


def test_a_bare_press_that_is_under_way_outlives_its_page_and_one_with_photos_is_too_large(run: Any) -> None:
    ran = run([MORNING[0], FINISH], {PHOTOS: [{"status": 201, "path": "/p/1"}]})

    assert ran.outlives_its_page == ["/crew/W/acknowledge", "/crew/W/complete"]


@pytest.mark.parametrize("answer", ["away", 429, 500, 503])
def test_a_step_that_found_nobody_waits_with_all_after_it_and_is_repeated_as_it_was(run: Any, answer: Any) -> None:
    ran = run(MORNING, {"/crew/W/acknowledge": [answer, 200]}, syncs=2)
    first, again = (fields for path, fields in ran.asked if path == "/crew/W/acknowledge")

    assert ran.ended == ["later", "sent"]
    assert ran.paths[:3] == [WHO, "/crew/W/acknowledge", WHO]
    assert first == again
    assert ran.left == []


def test_each_photo_goes_up_once_however_often_the_network_breaks(run: Any) -> None:
    paths = [{"status": 201, "path": "/p/1"}, "away", {"status": 201, "path": "/p/2"}]
    ran = run([FINISH], {PHOTOS: paths, "/crew/W/complete": ["away", 200]}, syncs=3)
    sent = [fields["photo"] for path, fields in ran.asked if path == PHOTOS]

    assert sent == ["a.jpg", "b.jpg", "b.jpg"]
    assert ran.ended == ["later", "later", "sent"]
    assert [fields["note"] for path, fields in ran.asked if path == "/crew/W/complete"] == ["เสร็จ", "เสร็จ"]


def test_photos_that_the_town_has_forgotten_are_sent_again_once(run: Any) -> None:
    answers = {
        PHOTOS: [{"status": 201, "path": "/p"}],
        "/crew/W/complete": [{"status": 422, "code": "unknown-photo"}, 200],
    }
    ran = run([FINISH], answers)

    assert ran.paths.count(PHOTOS) == 4
    assert ran.settled == [["complete", "done"]]
    never = run([FINISH], {**answers, "/crew/W/complete": [{"status": 422, "code": "unknown-photo"}]})
    assert never.settled == [["complete", "refused"]]


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_what_the_town_refuses_stays_with_its_reason_and_the_next_goes_on(run: Any, status: int) -> None:
    ran = run(MORNING[:2], {"/crew/W/acknowledge": [{"status": status, "code": "x", "detail": "why"}]}, syncs=2)

    assert ran.settled == [["acknowledge", "refused"], ["start", "done"]]
    assert [(one["act"], one["refused"]) for one in ran.left] == [
        ("acknowledge", {"status": status, "code": "x", "detail": "why"})
    ]
    assert ran.ended == ["sent", "nothing"]


@pytest.mark.parametrize("answers", [{WHO: [401]}, {"/crew/W/acknowledge": [401]}])
def test_an_ended_sign_in_keeps_everything(run: Any, answers: dict[str, list[Any]]) -> None:
    ran = run(MORNING, answers)

    assert ran.ended == ["signed-out"]
    assert [one["act"] for one in ran.left] == ["acknowledge", "start", "start"]
    assert all(one["refused"] is None for one in ran.left)


def test_nobody_sends_what_somebody_else_did(run: Any) -> None:
    theirs = {
        "key": "k",
        "seq": 1,
        "person": "them",
        "order": "W",
        "act": "refuse",
        "fields": [],
        "photos": [],
        "sent": [],
    }
    ran = run(MORNING[:1], {}, kept=[theirs])
    assert "/crew/W/refuse" not in ran.paths
    assert [one["person"] for one in ran.left] == ["them"]

    other = run(MORNING[:1], {WHO: [{"status": 200, "person": "them"}]})
    assert (other.ended, other.paths) == (["somebody-else"], [WHO])
    assert len(other.left) == 1


@pytest.mark.parametrize(("days", "stays"), [(6, True), (8, False)])
@pytest.mark.parametrize("mine", [MORNING[:1], []], ids=["with own steps", "without"])
def test_what_somebody_else_never_came_back_to_send_goes_when_the_town_would_not_believe_it(
    run: Any, days: int, stays: bool, mine: list[dict[str, Any]]
) -> None:
    """Whatever the phone's clock said then: the town's own counts."""
    theirs = {"key": "k", "seq": 1, "person": "them", "order": "W", "act": "refuse", "fields": [], "photos": [],
              "sent": [], "at": (time() - days * 86_400) * 1000, "clock": 0, "since": None}  # fmt: skip
    ran = run(mine, {}, kept=[theirs])

    assert [one["person"] for one in ran.left] == (["them"] if stays else [])


def test_what_one_did_oneself_is_sent_however_old_it_is(run: Any) -> None:
    old = {"key": "k", "seq": 1, "person": "me", "order": "W", "act": "complete", "fields": [], "photos": [],
           "sent": [], "at": (time() - 30 * 86_400) * 1000, "clock": 0, "since": None}  # fmt: skip
    ran = run([], {}, kept=[old])

    assert (ran.paths, ran.left) == ([WHO, "/crew/W/complete"], [])


def test_a_full_phone_keeps_what_it_has_and_says_what_it_could_not(run: Any) -> None:
    ran = run(MORNING, {WHO: ["away"]}, room=2)

    assert ran.added == [True, True, False]
    assert [one["act"] for one in ran.left] == ["acknowledge", "start"]


HOLD = 600_000  # ms; longer than the page has it: a machine may be slow
HELD = [{"order": "W", "act": "acknowledge", "hold": HOLD}]
ANOTHER = {"order": "V", "act": "acknowledge"}


def test_a_step_that_was_just_pressed_waits_while_those_of_other_jobs_go(run: Any) -> None:
    ran = run([*HELD, ANOTHER], {})

    assert ran.paths == [WHO, "/crew/V/acknowledge"]
    assert [(one["act"], one["refused"]) for one in ran.left] == [("acknowledge", None)]


@pytest.mark.parametrize(
    ("who", "ended"),
    [(401, "signed-out"), ("away", "nothing"), ({"status": 200, "person": "them"}, "nothing"), (ME, "nothing")],
)
def test_whoever_is_signed_out_hears_it_when_they_press_and_not_when_it_is_sent(run: Any, who: Any, ended: str) -> None:
    """By then the phone is in a pocket, and the note with it."""
    ran = run(HELD, {WHO: [who]})

    assert (ran.ended, ran.paths, len(ran.left)) == ([ended], [WHO], 1)


def test_nobody_hears_of_a_step_that_was_taken_back(run: Any) -> None:
    ran = run(HELD, {}, back="acknowledge")

    assert (ran.took_back, ran.asked, ran.left, ran.ended) == (True, [], [], ["nothing"])


def test_whoever_goes_on_with_a_job_sends_what_was_held_of_it_in_its_order(run: Any) -> None:
    ran = run([*HELD, {"order": "W", "act": "start"}], {})

    assert ran.paths == [WHO, "/crew/W/acknowledge", "/crew/W/start"]


@pytest.mark.parametrize(
    ("ago", "sent"), [(1, False), (HOLD // 2, False), (HOLD + 1, True), (-86_400_000, True)],
    ids=["just now", "half over", "over", "a clock that was set back"],
)  # fmt: skip
def test_a_step_is_held_for_its_time_and_no_longer_also_after_a_reload(run: Any, ago: int, sent: bool) -> None:
    at = time() * 1000 - ago
    kept = {"key": "k", "seq": 1, "person": "me", "order": "W", "act": "start", "fields": [], "photos": [], "sent": [],
            "at": at, "hold": HOLD, "clock": 0, "since": None}  # fmt: skip

    assert ("/crew/W/start" in run([], {}, kept=[kept]).paths) == sent


def test_a_step_that_is_paused_waits_until_it_is_released(run: Any) -> None:
    over = {"key": "k", "seq": 1, "person": "me", "order": "W", "act": "start", "fields": [], "photos": [], "sent": [],
            "at": time() * 1000 - 2 * HOLD, "hold": HOLD, "clock": 0, "since": None}  # fmt: skip

    assert run([], {}, kept=[over], pause=["start"]).paths == [WHO]
    assert run([], {}, kept=[over], pause=["start"], release=["start"]).paths == [WHO, "/crew/W/start"]
    assert run(HELD, {}, release=["acknowledge"]).paths == [WHO, "/crew/W/acknowledge"]


def test_a_step_is_taken_back_at_the_last_moment_and_not_after_it(run: Any) -> None:
    """Before its first try it is nobody's business yet; from then on the town may have heard of it."""
    first = run(MORNING[:1], {}, back="acknowledge", backAt=WHO)
    assert (first.took_back, first.paths, first.settled, first.left) == (True, [WHO], [], [])

    late = run(MORNING[:1], {}, back="acknowledge", backAt="/crew/W/acknowledge")
    assert (late.took_back, late.settled) == (False, [["acknowledge", "done"]])
    unanswered = run(
        MORNING[:1], {"/crew/W/acknowledge": ["away", 200]}, syncs=2, back="acknowledge", backAt="/crew/W/acknowledge"
    )
    assert (unanswered.took_back, unanswered.left) == (False, [])
