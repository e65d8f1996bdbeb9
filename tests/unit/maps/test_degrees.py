"""Degrees that somebody types are read in the browser as the server reads them, and none are lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.permits.app import PAGES
from services.permits.pages.corners import read_corners
from tests.support.javascript import call_module, run_node
from tests.support.source import ROOT

DEGREES = ROOT / "shared/web/static/map/degrees.mjs"
HOUSE = ["18.7452, 98.9568", "18.7453 98.9568", "๑๘.๗๔๕๓, ๙๘.๙๕๖๙", "１８．７４５２，９８．９５６９"]


def test_a_place_is_read_in_every_digit() -> None:
    asked = [("18.7452", "98.9568"), ("๑๘.๗๔๕๒", " ๙๘.๙๕๖๘ "), ("१८.७४५२", "٩٨.٩٥٦٨"), ("-๑", "+๒"), ("\u22121", ".5")]
    places = call_module(DEGREES, *(("readPlace", list(pair)) for pair in asked))

    house = {"lat": 18.7452, "lng": 98.9568}
    assert places == [house, house, house, {"lat": -1, "lng": 2}, {"lat": -1, "lng": 0.5}]


@pytest.mark.parametrize(
    "wrong", [("", ""), ("91", "0"), ("0", "181"), ("x", "1"), ("0x10", "1"), ("1e1", "1"), ("1 2", "3")]
)
def test_what_is_no_place_is_none(wrong: tuple[str, str]) -> None:
    assert call_module(DEGREES, ("readPlace", wrong)) == [None]


def test_the_browser_and_the_server_read_the_same_corners() -> None:
    [read] = call_module(DEGREES, ("readPlaces", ["\n".join(HOUSE)]))
    corners, wrong = read_corners("\n".join(HOUSE))

    assert wrong == ""
    assert [(one["lng"], one["lat"]) for one in read["places"]] == corners
    assert read["unread"] == []


def test_lines_that_are_no_places_stay_where_they_are_seen() -> None:
    text = "18.7452, 98.9568\nหน้าบ้าน\n\n18.7453, 98.9568, 4"
    [read] = call_module(DEGREES, ("readPlaces", [text]))
    [written] = call_module(DEGREES, ("writePlaces", [read["places"], read["unread"]]))

    assert written == "18.7452000, 98.9568000\nหน้าบ้าน\n18.7453, 98.9568, 4"
    assert read_corners(written)[1] == "footprint-numbers", "and the server says so"


# --- drawing with them

DRAW = """
import { Corners, onTap } from "./corners.mjs";
const heard = [];
const map = { addSource() {}, addLayer() {}, getSource: () => ({ setData() {} }), on: (_, act) => heard.push(act) };
const steps = JSON.parse(process.argv[2]);
let now = 0;
performance.now = () => now;
const corners = new Corners(map, "drawn", "red", true);
onTap(map, (at) => corners.add(at));
for (const step of steps) {
  if (step.text !== undefined) corners.read(step.text);
  else if (step.clear) corners.clear();
  else { now = step.at; heard[0]({ lngLat: { lng: step.x / 100, lat: 0 }, point: { x: step.x, y: 0 } }); }
}
console.log(JSON.stringify(corners.text.split("\\n")));
"""


@pytest.fixture
def draw(tmp_path: Path) -> Any:
    corners = (PAGES / "static/corners.mjs").read_text("utf-8")
    (tmp_path / "corners.mjs").write_text(
        corners.replace("/static/shared/map/", f"{DEGREES.parent.as_uri()}/"), "utf-8"
    )
    (tmp_path / "draw.mjs").write_text(DRAW, "utf-8")

    def draw(*steps: dict[str, Any]) -> list[str]:
        lines: list[str] = json.loads(run_node(tmp_path / "draw.mjs", Path(json.dumps(steps))))
        return lines

    return draw


def test_a_double_tap_sets_one_corner(draw: Any) -> None:
    taps = [(0, 0), (200, 8), (900, 100), (1000, 160), (2000, 160), (2450, 161)]

    lines = draw(*({"at": at, "x": x} for at, x in taps))

    assert [float(line.split(", ")[1]) for line in lines] == [0.0, 1.0, 1.6, 1.61], "once where a finger trembles"


def test_a_tap_leaves_typed_corners_and_what_is_not_understood(draw: Any) -> None:
    typed = {"text": "๑๘.๗๔๕๒, ๙๘.๙๕๖๘\nหน้าบ้าน"}

    assert draw(typed, {"at": 0, "x": 100}) == ["18.7452000, 98.9568000", "0.0000000, 1.0000000", "หน้าบ้าน"]
    assert draw(typed, {"clear": True}, {"at": 0, "x": 100}) == ["0.0000000, 1.0000000"]
