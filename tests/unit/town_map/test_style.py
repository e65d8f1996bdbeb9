"""The pages' style draws what the command writes: the same layers, kinds and landmarks, in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.javascript import run_node
from tests.support.source import ROOT
from tools.town_map import cut, schema

STATIC = ROOT / "shared/web/static"
Style = dict[str, Any]


@pytest.fixture(scope="module")
def styles() -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(run_node(ROOT / "tests/support/print_style.mjs", STATIC / "map/style.mjs"))
    return printed


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _kinds() -> Iterator[tuple[str, str]]:
    """Every layer and kind that an object can get."""
    for tags in ({"highway": road} for road in schema._ROADS):
        yield "roads", getattr(schema.of_line(tags), "name", "")
    yield from (("roads", "rail"), ("roads", "runway"))
    yield from (("water", kind) for kind in schema._WATERWAYS)
    yield from (("land", kind) for kind, _ in schema._LAND.values())
    yield ("buildings", "building")


def test_every_kind_is_drawn(styles: dict[str, Any]) -> None:
    drawn = {
        (layer["source-layer"], word) for layer in styles["th"]["layers"] if "source-layer" in layer
        for word in _strings(layer.get("filter"))
    }  # fmt: skip
    assert set(_kinds()) <= drawn


def test_every_landmark_has_an_icon_of_the_sheet(styles: dict[str, Any]) -> None:
    kinds = {kind for kind, _ in [*schema._LANDMARKS.values(), *schema._ANY_LANDMARK.values()]}
    assert kinds == set(styles["landmarks"])
    sheet = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    assert set(styles["icons"]) <= sheet


def test_every_layer_of_the_tiles_is_used_and_no_other(styles: dict[str, Any]) -> None:
    used = {layer["source-layer"] for layer in styles["th"]["layers"] if "source-layer" in layer}
    assert used == set(cut.LAYERS)


@pytest.mark.parametrize("name", ["th", "en", "pictures", "bare"])
def test_every_layer_has_its_source_and_every_text_its_font(styles: dict[str, Any], name: str) -> None:
    style: Style = styles[name]
    ids = [layer["id"] for layer in style["layers"]]
    assert len(ids) == len(set(ids))
    for layer in style["layers"]:
        assert layer["type"] == "background" or layer["source"] in style["sources"]
        for font in layer.get("layout", {}).get("text-font", []):
            assert font in style["font-faces"]


def test_a_name_is_shown_in_the_reader_s_language_first(styles: dict[str, Any]) -> None:
    for language, other in (("th", "en"), ("en", "th")):
        names = [layer["layout"]["text-field"] for layer in styles[language]["layers"] if layer["type"] == "symbol"]
        assert ["coalesce", ["get", language], ["get", other]] in names


def test_pictures_of_another_server_lie_below_the_town_s_own_lines(styles: dict[str, Any]) -> None:
    ids = [layer["id"] for layer in styles["pictures"]["layers"]]
    assert ids.index("pictures") < ids.index("zone-edges")
    assert styles["pictures"]["sources"]["pictures"]["maxzoom"] == 18


def test_search_kinds_have_their_words() -> None:
    """What the search calls them: every kind that the index or the profile can bring."""
    template = (ROOT / "shared/web/templates/ui.html").read_text(encoding="utf-8")
    kinds = {kind for kind, _ in [*schema._LANDMARKS.values(), *schema._ANY_LANDMARK.values()]}
    asked = set(
        re.findall(r'"(\w+)"', template[template.index("for kind in (") : template.index("data-kind-{{ kind }}")])
    )
    assert kinds | {"settlement", "road", "village", "town", "point"} == asked
    strings = Path(ROOT / "shared/web/strings.yaml").read_text(encoding="utf-8")
    assert all(f"map.kind.{kind}:" in strings for kind in asked)
