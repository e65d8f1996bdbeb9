"""Who may what, generated from the routes of all four apps: a route that is not in the matrix fails, and so does an
answer that is not the one written there."""

import logging
from pathlib import Path
from typing import Any

import pytest

from shared.web.nav import staff_links
from tests.support.access import matrix, trails
from tests.support.access.houses import houses
from tests.support.access.people import STAFF, WHO

MATRIX = Path(__file__).with_name("matrix.txt")
# They take what the provider has signed, and nothing else.
NOBODY_WITHOUT_MORE = {"each GET /auth/callback", "each POST /auth/backchannel-logout"}
NO_ACTS = {  # by staff too, but not as staff: they change no case, or are the link's holder's
    "each POST /auth/logout",
    "each POST /auth/backchannel-logout",
    "intake POST /track/{reference}/close-here",
    "permits POST /permits/{reference}/close-here",
    "intake POST /api/v1/photos",
    "dispatch POST /api/v1/routing/dry-run",
    "dispatch POST /desk/routing/several",
    "dispatch POST /desk/routing/rules",
    "permits POST /verify/{code}",
    "permits POST /permits/consult/{token}",  # whoever was asked, by the link
    "permits POST /permits/neighbour",  # leads to the page of a letter
    "permits POST /permits/neighbour/{reference}/{word}",  # whoever lives next door, by the code of a letter
    "permits POST /permits/signature/keep",  # one's own; the security log tells of it
    "permits POST /permits/signature/remove",
    "permits POST /api/v1/permits/statements",  # of which nothing is taken without `apply`
    "permits POST /permits/cashier/statement",
    "permits POST /permits/cashier/statement/take",  # whose one row is nobody's
    "notify POST /preferences/{token}",
    "notify POST /inbox/confirm/{question}",
    "notify POST /inbox/links",
    "dispatch POST /agency/answer/{reference}/{act}",
    "notify POST /api/v1/notify/contacts/reports",  # looks, and changes nothing
    "dispatch POST /desk/filters",  # one's own
    "dispatch POST /desk/filters/remove",
}


class SecurityLog(logging.Handler):
    """What the logger `security` writes."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        logging.getLogger("security").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(vars(record))

    def tells_of(self, who: str, status: str) -> bool:
        """It names the account, if it was one; twice where the page that tells of a refusal is refused as well."""
        said = [(line.get("sub"), str(line["status"])) for line in self.lines if line["msg"] == "refused"]
        return set(said) == {(who if who in STAFF else None, status)}


async def test_everybody_may_what_the_matrix_says_and_nothing_else(mongo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    observed: dict[str, dict[str, set[str]]] = {}
    opened: dict[str, bool] = {}
    acts: list[matrix.Visit] = []
    unsaid: list[tuple[str, str]] = []
    security = SecurityLog()
    async with houses(monkeypatch, mongo) as house:
        async for visit in matrix.observe(house):
            if visit.answered.status in (401, 403) and not security.tells_of(visit.who, visit.cell):
                unsaid.append((visit.row.name, visit.who))
            security.lines.clear()
            observed.setdefault(visit.row.name, {}).setdefault(visit.who, set()).add(visit.cell)
            opened[visit.row.route] = opened.get(visit.row.route, False) or visit.cell.startswith("yes")
            if visit.is_act and visit.row.route not in NO_ACTS:
                acts.append(visit)
        left, codes = await trails.lines_left(house), await trails.unsaid(house)
    wanted = matrix.read(MATRIX.read_text("utf-8"))
    found = {name: tuple("/".join(sorted(said)) for said in row.values()) for name, row in observed.items()}
    differ = {name: cells for name, cells in found.items() if wanted.get(name) != cells}
    assert not differ, "\n".join(
        ["judge these rows; those that are right belong into matrix.txt:", *matrix.write(differ)]
    )
    silent = {visit.row.name for visit in acts if not left[visit.who, visit.case]}
    assert not silent, "acts of the staff that leave no line in the trail"
    assert not codes, "acts and values of the trail without words"
    assert not unsaid, "refusals that the security log does not tell of"
    assert not wanted.keys() - found.keys(), "these routes are gone"
    shut = {route for route, by_somebody in opened.items() if not by_somebody} - NOBODY_WITHOUT_MORE
    assert not shut, f"nobody may: what is sent must be wrong, see tests/support/access/samples.py: {shut}"


LACKING = {"no-crew", "no-agency"}  # are told at each door what the account lacks


@pytest.mark.parametrize("who", sorted(STAFF.keys() - LACKING))
def test_the_menu_leads_nobody_to_a_refusal(who: str) -> None:
    cells = matrix.read(MATRIX.read_text("utf-8"))
    opened = {name.split()[-1]: said[WHO.index(who)] for name, said in cells.items() if " GET /" in name}

    assert {link.path: opened[link.path] for link in staff_links(STAFF[who]) if opened[link.path] != "yes"} == {}
