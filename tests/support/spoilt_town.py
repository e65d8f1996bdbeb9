"""A copy of a town to spoil, and what is said of it then; the fixtures stand in `tests/unit/town`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.town import TownError, load_town

TOWNS = Path("deploy/municipalities")
Edit = Callable[[str, str, str], int]


def problems(folder: Path) -> list[str]:
    with pytest.raises(TownError) as raised:
        load_town(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems]
