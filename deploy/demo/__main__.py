"""`make demo`: sends the cases in this folder through the public API and shows where each went.

It only looks. Whether nothing was lost and nothing doubled is what `make play` finds out.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from shared.events.ids import new_id
from shared.settings import ServiceSettings
from shared.town import load_town
from tools.operate.trace import store_url
from tools.play.options import CASES, settings
from tools.play.permit_run import permit_line, signer
from tools.play.permits import Refused, permit_cases, play_permit
from tools.play.rows import Columns, Row, read_rows
from tools.play.screen import duration, fit_text, trace_link
from tools.play.sending import Answer, submit

PARALLEL = 4  # reports under way at a time, so that the lines appear one by one
PATIENCE = 60.0  # seconds for one request with its tries, and until a report must have a holder
TICK = 0.25  # seconds between two looks at a report that has none yet


def main() -> int:
    """0 when every case found its way, 1 when one did not, 2 when nothing answers."""
    chosen = settings()
    zone = ZoneInfo(load_town(chosen.town_dir).timezone)
    rows = read_rows(CASES, Columns(), None, zone)
    try:
        return asyncio.run(show_all(chosen, rows, zone))
    except httpx.TransportError as error:
        print(f"nothing answers at {chosen.public_url} ({type(error).__name__}); start it with: make up")
        return 2


async def show_all(chosen: ServiceSettings, rows: Sequence[Row], zone: ZoneInfo) -> int:
    """The reports, then the permits."""
    run = new_id()
    async with httpx.AsyncClient(base_url=chosen.public_url, timeout=30) as http:
        await http.get("/api/v1/reports", params={"limit": 1})
        lost = await show_reports(http, rows, run, store_url(chosen))
        return 1 if lost + await show_permits(http, chosen, run, zone) else 0


async def show_reports(http: httpx.AsyncClient, rows: Sequence[Row], run: str, store: str) -> int:
    """A line for each report in the file's order; returns how many found no holder."""
    turns = asyncio.Semaphore(PARALLEL)

    async def send(row: Row) -> tuple[Answer, Mapping[str, Any] | None]:
        async with turns:
            answer = await submit(http, row, f"demo-{run}-{row.number}", PATIENCE)
            return answer, await wait_for_holder(http, answer) if answer.outcome == "accepted" else None

    went: Counter[str] = Counter()
    for task in [asyncio.create_task(send(row)) for row in rows]:
        answer, report = await task
        where = holder(report) if report else answer.reason or "nobody has it yet"
        went[where] += report is not None
        print(report_line(answer, where, store), flush=True)
    print("\n" + "\n".join(f"{count:>4}  {where}" for where, count in went.most_common() if count), flush=True)
    return len(rows) - went.total()


async def wait_for_holder(http: httpx.AsyncClient, answer: Answer) -> Mapping[str, Any] | None:
    """The report as its citizen sees it, once its timeline says who has it; None when that never came."""
    for _ in range(int(PATIENCE / TICK)):
        found = await http.get(f"/api/v1/reports/{answer.reference}", headers={"X-Report-Secret": answer.secret})
        report: Mapping[str, Any] = found.raise_for_status().json()
        if {"routed", "triaged"} & {entry["type"] for entry in report["timeline"]}:
            return report
        await asyncio.sleep(TICK)
    return None


def holder(report: Mapping[str, Any]) -> str:
    """The agency or the team that has it."""
    return str(report["agency_name"] or report["team_name"] or "one-stop service centre")


def report_line(answer: Answer, where: str, store: str) -> str:
    """Number, reference, text, who has it and how long the citizen waited; the trace below."""
    line = f"{answer.row.number:>3} {answer.reference:13}{fit_text(answer.row.text, 40)}{fit_text(where, 34)}"
    return f"{line}{duration(answer.took):>8}\n    {trace_link(store, answer.reference, answer.sent_at)}"


async def show_permits(http: httpx.AsyncClient, chosen: ServiceSettings, run: str, zone: ZoneInfo) -> int:
    """A line for each application with its lane and the reasons; returns how many were refused on the way."""
    refused = 0
    print()
    for number, case in enumerate(permit_cases(), start=1):
        try:
            played = await play_permit(case, http, signer(chosen), f"demo-{run}-permit-{number}", PATIENCE)
            print(f"{permit_line(played, zone)}\n    {trace_link(store_url(chosen), played.reference, played.at)}")
        except Refused as error:
            refused += 1
            print(f"{case.title}: {error}")
    return refused


if __name__ == "__main__":
    sys.exit(main())
