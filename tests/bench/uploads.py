"""Fifty people who send a document each over a slow line, at once: how long it takes beside the line alone, and how
much memory the process of permits takes for it beside what it has at rest."""

import asyncio
import io
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pikepdf

from tests.bench.measure import OURS, Row, Section, compared
from tests.support.api_calls import draft
from tests.support.stack import Stack

DRAFTS, DOCUMENTS = 10, ("request-form", "id-card", "house-registration", "title-deed", "plans")
MEGABYTES, PIECES = 2, 40
FASTEST, SLOWEST = 5.0, 20.0  # seconds that a line takes for a document; those of a house are spread between
READ_SECONDS = 300  # until the last of them is judged and kept


async def measure(stack: Stack) -> Section:
    """The real service, by its own address."""
    await asyncio.to_thread(stack.up, "topics", "permits")
    with httpx.Client(base_url=stack.url("permits"), timeout=READ_SECONDS) as api:
        opened = [draft(api) for _ in range(DRAFTS)]
    pid, content = stack.pid("permits"), _document()
    rest = _peak(pid)
    begun = time.monotonic()
    async with httpx.AsyncClient(base_url=stack.url("permits"), timeout=READ_SECONDS) as api:
        sent = [(one, code) for one in opened for code in DOCUMENTS]
        step = (SLOWEST - FASTEST) / (len(sent) - 1)
        again = await asyncio.gather(
            *(_send(api, *each, content, FASTEST + step * number) for number, each in enumerate(sent))
        )
    took = time.monotonic() - begun
    many = DRAFTS * len(DOCUMENTS)
    line = {OURS: [took], "the slowest line alone": [SLOWEST]}
    rows: list[Row] = compared(f"{many} documents of {MEGABYTES} MB", "s", line)
    rows += compared("memory at most", "MiB", {OURS: [_peak(pid)], "at rest": [rest]})
    return Section(
        "Slow uploads",
        f"{many} documents of {MEGABYTES} MB at once, over lines that take {FASTEST:.0f} to {SLOWEST:.0f} s; all "
        "are received, opened by a process of their own, and kept. Where too many wait to be opened one is sent again "
        f"when the answer says so, which happened {sum(again)} times. Memory: the largest resident set of the process "
        "of permits, without the two at a time that open files.",
        rows,
    )


async def _send(api: httpx.AsyncClient, opened: dict[str, str], code: str, content: bytes, seconds: float) -> int:
    """How often it had to be sent again."""
    headers = {"X-Application-Secret": opened["secret"], "Content-Type": "application/pdf", "X-Filename": "a.pdf"}
    path = f"/api/v1/applications/{opened['reference']}/documents/{code}"
    again = 0
    while (answer := await api.put(path, content=_trickled(content, seconds), headers=headers)).status_code == 503:
        again += 1
        await asyncio.sleep(int(answer.headers["Retry-After"]))
    answer.raise_for_status()
    return again


async def _trickled(content: bytes, seconds: float) -> AsyncIterator[bytes]:
    step = len(content) // PIECES + 1
    for begin in range(0, len(content), step):
        yield content[begin : begin + step]
        await asyncio.sleep(seconds / PIECES)


def _document() -> bytes:
    """A page with so much in it that nothing packs."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj["/Padding"] = pdf.make_stream(secrets.token_bytes(MEGABYTES * 1_000_000))
        pdf.save(out)
    return out.getvalue()


def _peak(pid: int) -> float:
    """The largest resident set so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
