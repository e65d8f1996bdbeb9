"""Files of a town that are made to break whoever reads them are a problem like any other."""

from pathlib import Path

import pytest

from tests.support.spoilt_town import Edit, problems


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "- " * 200_000, "a: " + "{b: " * 200_000])
def test_files_too_deep_to_be_read_are_named_and_do_not_end_the_process(folder: Path, text: str) -> None:
    (folder / "zz.yaml").write_text(text)
    assert any("more than 64 lists and mappings in one another" in problem for problem in problems(folder))


def test_aliases_that_multiply_are_cut_short(folder: Path) -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (folder / "zz.yaml").write_text("\n".join(["a0: &a0 [x]", *lines]))
    assert any("500,000 values: aliases multiply" in problem for problem in problems(folder))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("categories.yaml", "radius_m: 150", f"radius_m: {'9' * 5_000}"),
        ("categories.yaml", "radius_m: 150", f"radius_m: 1.{'9' * 5_000}"),
        ("zones.geojson", "[[[98.9", f"[[[{'9' * 5_000}, [98.9"),
        ("zones.geojson", "[[[98.9", f"{'[' * 100_000}98.9"),
    ],
    ids=["whole", "decimal", "zones", "deep-zones"],
)
def test_a_number_of_thousands_of_digits_is_only_a_problem(
    folder: Path, edit: Edit, file: str, old: str, new: str
) -> None:
    """Python raises for more than 4,300, and again for each list in another."""
    edit(file, old, new)
    assert any(problem.startswith(f"{file}:") for problem in problems(folder))


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "- a\n", "\x00", "a: !!python/object:os.system x\n", "&a a: *b\n"])
def test_hostile_yaml_is_only_a_problem(folder: Path, text: str) -> None:
    (folder / "zz.yaml").write_text(text)
    assert any(problem.startswith("zz.yaml:") for problem in problems(folder))
