"""The worker of a crew's phone: what is shown without a network, for whom, and for how long."""

import json
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from services.dispatch.app import PAGES
from tests.support.javascript import run_node
from tests.support.source import ROOT
from tests.support.work import MONDAY

RUNNER, WORKER = ROOT / "tests/support/run_worker.mjs", PAGES / "static/crew_worker.js"
NOW, HOUR = int(MONDAY.timestamp()), 3600  # s
JOB = "01KB57W4K0ZQ3T8V6M2N9PX7HC"
MAP = {"visit": "/static/shared/town/map.pmtiles?v=1", "mode": "cors", "range": "bytes=0-9"}


def board(body: str = "list", who: str = "me", until: int = NOW + 8 * HOUR) -> dict[str, Any]:
    """The town's answer at half past nine on Monday."""
    date = format_datetime(MONDAY, usegmt=True)
    return {"body": body, "headers": {"Crew-Person": who, "Crew-Until": str(until), "Date": date}}


def at(clock: int, **step: Any) -> dict[str, Any]:
    """By the phone's own clock (s)."""
    return {"clock": clock * 1000, **step}


ONLINE = at(NOW, visit="/crew", network=board())


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def run(*steps: dict[str, Any]) -> tuple[list[Any], dict[str, list[str]]]:
        file = tmp_path / "steps.json"
        file.write_text(json.dumps(steps), "utf-8")
        said = json.loads(run_node(RUNNER, WORKER, file))
        return said["got"], said["kept"]

    return run


@pytest.mark.parametrize("path", ["/crew", f"/crew?open={JOB}", f"/crew?done={JOB}&lang=en"])
def test_the_list_opens_without_a_network_as_it_was(run: Any, path: str) -> None:
    got, _ = run(ONLINE, at(NOW + HOUR, visit=path))

    assert (got[1]["status"], got[1]["body"]) == (200, "list")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxys_word_that_the_town_is_away_does_not_stand_before_the_list(run: Any, status: int) -> None:
    behind = {"status": status, "body": "bad gateway"}
    words = "/static/shared/words.json"
    script = {"visit": words, "mode": "cors"}
    got, _ = run(
        at(NOW, visit="/crew", network=behind), ONLINE, at(NOW + HOUR, visit="/crew", network=behind),
        at(NOW + HOUR, visit=f"/crew/{JOB}", network=behind), {**script, "network": {"body": "words"}},
        {**script, "network": behind}, {"visit": "/static/shared/new.json", "mode": "cors", "network": behind},
    )  # fmt: skip

    assert [one["body"] for one in (got[0], got[2])] == ["bad gateway", "list"], "only where something is kept"
    assert got[3]["to"] == f"/crew?open={JOB}#w-{JOB}"
    assert [one["body"] for one in got[4:]] == ["words", "words", "bad gateway"]


def test_the_towns_own_refusal_is_shown_though_a_list_is_kept(run: Any) -> None:
    got, _ = run(ONLINE, *(at(NOW, visit="/crew", network={"status": status, "body": "no"}) for status in (403, 500)))

    assert [one["body"] for one in got[1:]] == ["no", "no"]


def test_a_message_leads_to_its_job_on_the_kept_list(run: Any) -> None:
    got, _ = run(ONLINE, at(NOW + HOUR, visit=f"/crew/{JOB}"))

    assert got[1]["to"] == f"/crew?open={JOB}#w-{JOB}"


def test_a_page_that_says_so_is_kept_anew_and_one_without_a_network_stays(run: Any) -> None:
    newer = at(NOW, keep="/crew", network=board("newer"))
    got, _ = run(ONLINE, newer, at(NOW, keep="/crew"), at(NOW + HOUR, visit="/crew"))

    assert got[1]["body"] == "newer"


def test_nothing_is_shown_after_the_sign_in_has_ended(run: Any) -> None:
    got, kept = run(ONLINE, at(NOW + 8 * HOUR + 1, visit="/crew"), at(NOW, visit="/crew"))

    assert [one["body"] for one in got] == ["list", "away", "away"]
    assert "crew-own" not in kept or kept["crew-own"] == []


@pytest.mark.parametrize("wrong", [-24 * HOUR, 24 * HOUR])
def test_a_phone_whose_clock_is_a_day_wrong_shows_it_for_as_long(run: Any, wrong: int) -> None:
    online = at(NOW + wrong, visit="/crew", network=board())
    got, _ = run(online, at(NOW + wrong + 7 * HOUR, visit="/crew"), at(NOW + wrong + 9 * HOUR, visit="/crew"))

    assert [one["body"] for one in got] == ["list", "list", "away"]


def test_another_persons_list_takes_the_place_of_everything_before(run: Any) -> None:
    picture = {"visit": "/api/v1/reports/MH-1/photos/1", "mode": "no-cors", "network": {"body": "picture"}}
    theirs = at(NOW, visit="/crew?team=x", network=board("theirs", "them"))
    got, kept = run(ONLINE, picture, theirs, at(NOW, visit="/crew"))

    assert got[-1]["body"] == "away"
    assert sorted(kept["crew-own"]) == ["/crew/kept-for", "/crew?team=x"]


PHOTO = "/api/v1/reports/MH-1/photos/1?size=thumbnail"


def photo(**more: Any) -> dict[str, Any]:
    return {"visit": PHOTO, "mode": "no-cors", "network": {"body": "picture", **more}}


def test_pictures_of_nobody_knows_whom_go_when_a_board_comes(run: Any) -> None:
    """A release before this one kept them without a board."""
    _, kept = run(at(NOW, put=[PHOTO]), ONLINE)

    assert sorted(kept["crew-own"]) == ["/crew/kept-for", "/crew?"]


def test_a_picture_is_kept_only_beside_a_board(run: Any) -> None:
    _, alone = run(photo())
    _, beside = run(ONLINE, photo())
    _, after = run(ONLINE, {"forget": True}, photo())

    assert PHOTO in beside["crew-own"]
    assert [one.get("crew-own", []) for one in (alone, after)] == [[], []]


RELEASE = {"release": True}


@pytest.mark.parametrize("coming", [{**ONLINE, "network": {**board("late"), "held": True}}, photo(held=True)])
@pytest.mark.parametrize("left", [{"forget": True}, at(NOW, visit="/crew", network={"redirected": True})])
def test_what_was_on_its_way_when_somebody_left_is_not_kept(run: Any, coming: Any, left: Any) -> None:
    _, kept = run(ONLINE, coming, left, RELEASE)

    assert kept.get("crew-own", []) == []


def test_pictures_of_a_board_that_is_just_being_kept_come_with_it(run: Any) -> None:
    """The first visit: the page asks for both at once."""
    _, kept = run(at(NOW, keep="/crew", network={**board(), "held": True}), photo(held=True), RELEASE)

    assert PHOTO in kept["crew-own"]


def test_what_the_town_says_of_nobody_signed_in_drops_the_list(run: Any) -> None:
    got, _ = run(ONLINE, at(NOW, visit="/crew", network={"redirected": True}), at(NOW, visit="/crew"))

    assert (got[1]["type"], got[2]["body"]) == ("opaqueredirect", "away")


@pytest.mark.parametrize("network", [{"body": "x"}, {"status": 403, **board("no")}, {"status": 500, "body": "broken"}])
def test_no_page_is_kept_that_does_not_say_whose_it_is_and_no_failure(run: Any, network: dict[str, Any]) -> None:
    got, _ = run(at(NOW, visit="/crew", network=network), at(NOW, visit="/crew"))

    assert got[1]["body"] == "away"


def test_pictures_and_files_that_were_used_are_there(run: Any) -> None:
    used = (PHOTO, "/static/shared/~0123456789ab/site.css")
    steps = [{"visit": path, "mode": "no-cors", "network": {"body": path}} for path in used]
    got, _ = run(ONLINE, *steps, *({"visit": path, "mode": "no-cors"} for path in used))

    assert [one["body"] for one in got[3:]] == [*used]


def test_pieces_of_the_map_that_were_looked_at_are_there_as_pieces(run: Any) -> None:
    piece = {"status": 206, "body": "0123456789", "headers": {"Content-Range": "bytes 0-9/100"}}
    got, _ = run({**MAP, "network": piece}, MAP)

    assert [(one["status"], one["body"], one["range"]) for one in got] == [(206, "0123456789", "bytes 0-9/100")] * 2


ONLINE_AGAIN: dict[str, Any] = {"wake": "crew-steps", "network": {"body": ""}}


@pytest.mark.parametrize(
    ("step", "how"),
    [
        (ONLINE_AGAIN, ["fulfilled"]),
        ({**ONLINE_AGAIN, "open": ["/inbox", "/"]}, ["fulfilled"]),
        ({**ONLINE_AGAIN, "open": ["/crew?open=1"]}, ["rejected"]),
        ({"wake": "crew-steps"}, ["rejected"]),
        ({"wake": "another"}, []),
    ],
    ids=["no page", "other pages", "a board sends by itself", "no network", "not ours"],
)
def test_what_a_board_left_behind_is_sent_when_the_browser_wakes_the_worker_or_it_asks_to_be_woken_again(
    run: Any, step: dict[str, Any], how: list[str]
) -> None:
    got, _ = run(step)

    assert got == [how]


@pytest.mark.parametrize(
    ("path", "mode"),
    [("/crew/who", "cors"), ("/crew/board", "cors"), ("/crew/sheet", "navigate"), ("/crew/worker.js", "cors"),
     ("/desk", "navigate"), ("/api/v1/work-orders", "cors")],
)  # fmt: skip
def test_everything_else_is_the_networks(run: Any, path: str, mode: str) -> None:
    got, _ = run({"visit": path, "mode": mode, "network": {"body": "x"}})

    assert got == [None]
