"""The officer of a storm: decides what its own reports bring up, and ends what it has opened, over the API.

It may meet a town's real incidents, and has no business with them: it begins only where there are none of its kind, and
decides only what one of its own reports leads.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tools.play.mapping import BadInput
from tools.play.sending import stubborn

PATH = "/api/v1/desk/incidents"
LOOK_SECONDS = 1.0
PAGE = 100
NOTE = "เทศบาลทราบเหตุแล้ว และกำลังดำเนินการ"
DONE = "เหตุยุติแล้ว ใช้งานได้ตามปกติ"


class Officer:
    """Of incidents of one category."""

    def __init__(self, http: httpx.AsyncClient, token: str, patience: float, category: str) -> None:
        self._http, self._patience, self._category = http, patience, category
        self._headers = {"Authorization": f"Bearer {token}"}
        self._opened: set[str] = set()

    async def need_calm(self) -> None:
        """`BadInput` where an incident of the category is under way: its reports would be mixed with the storm's."""
        found = [one async for one in self._list("proposed", "open")]
        if found:
            named = ", ".join(f"{one['reference']} ({one['state']})" for one in found)
            raise BadInput(
                f"{self._category} is an incident already: {named}. A storm would mix with it: play it on a system of "
                "its own, or when that is over"
            )

    async def confirm_what_is_proposed(self, references: Callable[[], Collection[str]]) -> None:
        """For as long as the storm lasts; says until when it is expected to last. `references`: of its reports."""
        while True:
            own = references()
            async for one in self._list("proposed"):
                if one["reference"] in own:
                    until = datetime.now(UTC) + timedelta(hours=2)
                    self._opened.add(one["id"])  # first: whether or not its answer is heard, it is ours to end
                    await self._post(one["id"], "confirm", {"expected_until": until.isoformat(), "note": NOTE})
            await asyncio.sleep(LOOK_SECONDS)

    async def end_what_it_opened(self) -> int:
        """How many there were; what other people have opened stays."""
        found = [one["id"] async for one in self._list("open") if one["id"] in self._opened]
        for incident in found:
            await self._post(incident, "close", {"outcome": "fixed", "note": DONE})
        return len(found)

    async def _list(self, *states: str) -> AsyncIterator[dict[str, Any]]:
        params: dict[str, Any] = {"state": states, "limit": PAGE}
        while True:
            reply = await stubborn(self._http, "GET", PATH, self._headers, self._patience, params=params)
            if reply.response is None or not reply.response.is_success:
                raise BadInput(f"incidents cannot be read: {reply.why or reply.response}")
            page = reply.response.json()
            for one in page["items"]:
                if one["category"] == self._category:
                    yield one
            if not page["next"]:
                return
            params = {**params, "after": page["next"]}

    async def _post(self, incident: str, act: str, body: dict[str, str]) -> None:
        headers = {**self._headers, "Idempotency-Key": f"storm-{incident}-{act}"}
        reply = await stubborn(self._http, "POST", f"{PATH}/{incident}/{act}", headers, self._patience, json=body)
        if reply.response is None or not reply.response.is_success:
            raise BadInput(f"{act} was refused: {reply.response.text if reply.response else reply.why}")
