"""Looks each report up over the APIs: what its citizen and the staff are shown must be what the bus said."""

import asyncio
from collections.abc import Sequence

import httpx

from tools.play.play import TICK, Run
from tools.play.reconcile import PEOPLE, Difference, in_triage
from tools.play.sending import Answer, Reply, stubborn

PATIENCE = 30.0  # seconds until a report's page must show its work
_MOST = 100  # notices of one case; a new report has about three


async def look_up(run: Run, clients: Sequence[httpx.AsyncClient], officer: str | None) -> list[Difference]:
    """What is wrong about each report; `officer` is a bearer token for what only staff may see, None: not looked at."""
    answers = iter(run.accepted)
    found: list[Difference] = []

    async def some(http: httpx.AsyncClient) -> None:
        for one in answers:
            seen = [await _page(run, http, one), await _notices(run, http, one, officer) if officer else None]
            found.extend(Difference(one.reference, what) for what in seen if what)

    await asyncio.gather(*map(some, clients))
    return found


async def _page(run: Run, http: httpx.AsyncClient, answer: Answer) -> str | None:
    """The report by its secret link; it may lag a little behind the bus."""
    created = run.ledger.story(answer.id).created
    if not created:
        return None  # named already
    wanted = "triaged" if in_triage(created[0]) else "routed"
    clock = asyncio.get_running_loop().time
    deadline = clock() + PATIENCE
    headers = {"X-Report-Secret": answer.secret}
    while True:
        reply = await stubborn(http, "GET", f"/api/v1/reports/{answer.reference}", headers, PATIENCE)
        if reply.response is None or not reply.response.is_success:
            return f"its page cannot be read: {_why(reply)}"
        if wanted in {entry["type"] for entry in reply.response.json()["timeline"]}:
            return None
        if clock() > deadline:
            return f"its timeline does not say that it was {wanted}"
        await asyncio.sleep(TICK)


async def _notices(run: Run, http: httpx.AsyncClient, answer: Answer, officer: str) -> str | None:
    """Every notice to somebody outside the town hall must have had its outcome on the bus, and the reverse."""
    headers, asked = {"Authorization": f"Bearer {officer}"}, {"case": answer.id, "limit": _MOST}
    reply = await stubborn(http, "GET", "/api/v1/deliveries", headers, PATIENCE, params=asked)
    if reply.response is None or not reply.response.is_success:
        return f"its notices cannot be read: {_why(reply)}"
    states = {one["id"]: one["outcome"] for one in reply.response.json()["items"] if one["audience"] in PEOPLE}
    told = {one.envelope.subject: one.verb for one in run.ledger.story(answer.id).notices}
    return "the bus and notify disagree about its notices" if states != told else None


def _why(reply: Reply) -> str:
    return reply.why if reply.response is None else f"HTTP {reply.response.status_code}"
