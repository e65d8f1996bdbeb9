"""The officer of a storm has no business with a town's real incidents: it does not begin beside them, nor ends them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tools.play.mapping import BadInput
from tools.play.officer import PATH, Officer

OWN, REAL = "MH-7F3K-9QX2", "MH-KBN0-19PH"


@dataclass
class Desk:
    """Incidents by id: category, state and the report that leads each; one on a page."""

    incidents: dict[str, tuple[str, str, str]]
    acts: list[str] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            incident, act = request.url.path.removeprefix(f"{PATH}/").split("/")
            self.acts.append(f"{act} {incident}")
            category, _, reference = self.incidents[incident]
            self.incidents[incident] = category, "open" if act == "confirm" else "resolved", reference
            return httpx.Response(200, json={})
        states, after = request.url.params.get_list("state"), int(request.url.params.get("after", "0"))
        found = [self._row(one) for one in self.incidents if self.incidents[one][1] in states]
        more = str(after + 1) if after + 1 < len(found) else None
        return httpx.Response(200, json={"items": found[after : after + 1], "next": more})

    def _row(self, incident: str) -> dict[str, Any]:
        category, state, reference = self.incidents[incident]
        return {"id": incident, "category": category, "state": state, "reference": reference}

    def officer(self) -> Officer:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer), base_url="http://town")
        return Officer(http, "token", 1, "power-cut")


async def decided(officer: Officer) -> None:
    """It has looked once."""
    looking = asyncio.create_task(officer.confirm_what_is_proposed(lambda: {OWN}))
    await asyncio.sleep(0.05)
    looking.cancel()


@pytest.mark.parametrize("state", ["proposed", "open"])
async def test_it_does_not_begin_beside_an_incident_of_its_kind(state: str) -> None:
    desk = Desk({"a": ("water-leak", "open", REAL), "b": ("power-cut", state, REAL)})
    with pytest.raises(BadInput, match=rf"power-cut is an incident already: {REAL} \({state}\)"):
        await desk.officer().need_calm()


async def test_others_are_no_matter_of_its() -> None:
    await Desk({"a": ("water-leak", "open", REAL), "b": ("power-cut", "resolved", REAL)}).officer().need_calm()


async def test_it_confirms_and_ends_its_own_and_leaves_what_the_town_has_found_and_opened_meanwhile() -> None:
    desk = Desk({"real": ("power-cut", "proposed", REAL), "own": ("power-cut", "proposed", OWN)})
    officer = desk.officer()
    await decided(officer)
    desk.incidents["opened"] = "power-cut", "open", REAL
    assert await officer.end_what_it_opened() == 1
    assert desk.acts == ["confirm own", "close own"]
