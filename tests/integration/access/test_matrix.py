"""Who may what, generated from the routes of all four apps: a route that is not in the matrix fails, and so does an
answer that is not the one written there."""

from pathlib import Path

import pytest

from tests.support.access import matrix
from tests.support.access.houses import houses

MATRIX = Path(__file__).with_name("matrix.txt")
NOBODY_WITHOUT_MORE = {"each GET /auth/callback"}  # it takes what the provider brings, and nothing else


async def test_everybody_may_what_the_matrix_says_and_nothing_else(mongo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    observed: dict[str, dict[str, set[str]]] = {}
    opened: dict[str, bool] = {}
    async with houses(monkeypatch, mongo) as house:
        async for visit in matrix.observe(house):
            observed.setdefault(visit.row.name, {}).setdefault(visit.who, set()).add(visit.cell)
            opened[visit.row.route] = opened.get(visit.row.route, False) or visit.cell.startswith("yes")
    wanted = matrix.read(MATRIX.read_text("utf-8"))
    found = {name: tuple("/".join(sorted(said)) for said in row.values()) for name, row in observed.items()}
    differ = {name: cells for name, cells in found.items() if wanted.get(name) != cells}
    assert not differ, "\n".join(
        ["judge these rows; those that are right belong into matrix.txt:", *matrix.write(differ)]
    )
    assert not wanted.keys() - found.keys(), "these routes are gone"
    shut = {route for route, by_somebody in opened.items() if not by_somebody} - NOBODY_WITHOUT_MORE
    assert not shut, f"nobody may: what is sent must be wrong, see tests/support/access/samples.py: {shut}"
