"""Category maps: which type decides, and what a broken map says."""

from pathlib import Path

import pytest

from tools.play.mapping import BadInput, CategoryMap, load_map

MAP = CategoryMap.model_validate({
    "separator": ";",
    "fallback": "other",
    "types": {"ถนน": "road-damage", "ขยะ": "dumped-rubbish", "เสนอแนะ": {"category": "other", "kind": "suggestion"}},
})  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "category"),
    [
        ("ถนน", "road-damage"),
        ("ขยะ;ถนน", "dumped-rubbish"),
        (" ความปลอดภัย ; ถนน ;ขยะ", "road-damage"),
        ("ความปลอดภัย", "other"),
        ("", "other"),
        ("ถนน,ขยะ", "other"),
    ],
)
def test_the_first_known_type_decides(cell: str, category: str) -> None:
    assert MAP.target(cell).category == category


def test_a_type_can_be_a_suggestion() -> None:
    assert MAP.target("ความปลอดภัย;เสนอแนะ").kind == "suggestion"
    assert MAP.target("ถนน").kind is None


@pytest.mark.parametrize("text", ["types: [", "types: 7", "kinds: {}", "types: {a: {category: x, team: y}}", ""])
def test_a_broken_map_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"map\.yaml is no category map"):
        load_map(path)


def test_a_missing_map_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        load_map(tmp_path / "none.yaml")
