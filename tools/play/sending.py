"""Sends one request until it has an answer: the same Idempotency-Key each time, so that nothing doubles."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from tools.play.rows import Row

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0  # seconds between tries when the server does not say
AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
Outcome = Literal["accepted", "refused", "unanswered"]


@dataclass(frozen=True)
class Answer:
    """What became of a row: taken in with id and reference, refused with a reason, or no answer at all."""

    row: Row
    outcome: Outcome
    sent_at: datetime
    took: float  # seconds from the first try to the answer
    tries: int = 1
    id: str = ""
    reference: str = ""
    secret: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Reply:
    """The last response, None when there was none; `why` says then what stood in the way."""

    response: httpx.Response | None
    tries: int
    why: str = ""


async def submit(http: httpx.AsyncClient, row: Row, key: str, patience: float) -> Answer:
    """One report; gives up after `patience` seconds."""
    sent_at, began = datetime.now(UTC), time.monotonic()
    headers = {"Idempotency-Key": key, "Accept-Language": row.language}
    reply = await stubborn(http, "POST", "/api/v1/reports", headers, patience, json=dict(row.body))
    took = time.monotonic() - began
    response = reply.response
    if response is None:
        return Answer(row, "unanswered", sent_at, took, reply.tries, reason=reply.why)
    if response.is_success:
        told = response.json()
        return Answer(row, "accepted", sent_at, took, reply.tries, told["id"], told["reference"], told["secret"])
    return Answer(row, "refused", sent_at, took, reply.tries, reason=reason(response))


async def stubborn(
    http: httpx.AsyncClient, method: str, path: str, headers: Mapping[str, str], patience: float, **sent: Any
) -> Reply:
    """Tries again after 429, 5xx and broken connections; waits as `Retry-After` says, until `patience` is over."""
    deadline, pause, tries = time.monotonic() + patience, FIRST_PAUSE, 0
    while True:
        tries += 1
        try:
            response = await http.request(method, path, headers=dict(headers), **sent)
            if response.status_code not in AGAIN:
                return Reply(response, tries)
            why, wait = reason(response), retry_after(response)
        except httpx.TransportError as error:
            why, wait = type(error).__name__, None
        delay = pause if wait is None else wait
        if time.monotonic() + delay > deadline:
            return Reply(None, tries, f"gave up after {tries} tries: {why}")
        await asyncio.sleep(delay)
        pause = min(2 * pause, LONGEST_PAUSE)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds, when the server says."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None


def reason(response: httpx.Response) -> str:
    """The problem's code and title, and the fields that were wrong."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "title" not in problem:
        return f"HTTP {response.status_code} {response.reason_phrase}"
    fields = ", ".join(f"{one['field']}: {one['code']}" for one in problem.get("errors", ()))
    code = problem.get("code", response.status_code)
    return f"{code} ({problem['title']}{'; ' if fields else ''}{fields})"
