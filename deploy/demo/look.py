"""Looks each report up as its citizen does: it must show where the bus says that it went."""

import asyncio
from collections.abc import Sequence

import httpx

from deploy.demo.play import TICK, Run
from deploy.demo.reconcile import Difference, in_triage
from deploy.demo.sending import Answer, stubborn

PATIENCE = 30.0  # seconds until a report's page must show its work


async def look_up(run: Run, clients: Sequence[httpx.AsyncClient]) -> list[Difference]:
    """By the secret link's key; what is wrong about each."""
    answers = iter(run.accepted)
    found: list[Difference] = []

    async def some(http: httpx.AsyncClient) -> None:
        found.extend([Difference(one.reference, what) for one in answers if (what := await _shown(run, http, one))])

    await asyncio.gather(*map(some, clients))
    return found


async def _shown(run: Run, http: httpx.AsyncClient, answer: Answer) -> str | None:
    """What is wrong with the report as its citizen sees it; it may lag a little behind the bus."""
    created = run.ledger.story(answer.id).created
    if not created:
        return None  # named already
    wanted = "triaged" if in_triage(created[0]) else "routed"
    clock = asyncio.get_running_loop().time
    deadline = clock() + PATIENCE
    while True:
        headers = {"X-Report-Secret": answer.secret}
        reply = await stubborn(http, "GET", f"/api/v1/reports/{answer.reference}", headers, PATIENCE)
        if reply.response is None or not reply.response.is_success:
            return f"its page cannot be read: {reply.why or reply.response}"
        if wanted in {entry["type"] for entry in reply.response.json()["timeline"]}:
            return None
        if clock() > deadline:
            return f"its timeline does not say that it was {wanted}"
        await asyncio.sleep(TICK)
