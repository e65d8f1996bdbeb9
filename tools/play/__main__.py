"""`make play [FILE=…] [ARGS=…]`: composition only; each step is in a file named after it."""

import argparse
import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx

from shared.events.ids import new_id
from shared.settings import ServiceSettings
from shared.town import Town, TownError, load_town
from tools.operate.trace import store_url
from tools.piped import run_piped
from tools.play.bus import Listener
from tools.play.figures import destinations, hops, spreads
from tools.play.ledger import Ledger
from tools.play.look import look_up
from tools.play.mapping import BadInput, load_map
from tools.play.options import CASES, arguments, columns, pace, settings
from tools.play.permit_run import officer_token, play_permits
from tools.play.play import Pace, Run, follow, send_all
from tools.play.reconcile import Difference, Verdict, by_event, reconcile
from tools.play.rows import Columns, Row, read_rows
from tools.play.screen import Progress, conclusion, totals
from tools.play.show import Cases


def main(given: Sequence[str] | None = None) -> int:
    """Exit status: 0 reconciled, 1 not reconciled, 2 could not be tried."""
    options = arguments().parse_args(given)
    try:
        chosen = settings()
        town = load_town(chosen.town_dir)
        rows = _rows(options, town)
        return asyncio.run(_demo(options, chosen, town, rows))
    except (BadInput, TownError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _rows(options: argparse.Namespace, town: Town) -> list[Row]:
    categories = load_map(options.category_map) if options.category_map else None
    path, named = (options.file, columns(options)) if options.file else (CASES, Columns())
    rows = read_rows(path, named, categories, ZoneInfo(town.timezone))[: options.limit]
    if not rows:
        raise BadInput(f"{path} holds no rows")
    return rows


async def _demo(options: argparse.Namespace, chosen: ServiceSettings, town: Town, rows: Sequence[Row]) -> int:
    run = Run(key=new_id(), rows=rows, rules=by_event(town.notices), ledger=Ledger())
    how = pace(options)
    async with _clients(chosen.public_url, how.parallel) as clients, Listener(chosen, run.ledger) as listener:
        await _reachable(clients[0])
        progress = Progress(len(rows))
        cases = Cases(run, store_url(chosen), progress, shown=options.cases or not options.file)
        await _play(run, clients, listener, how, cases)
        more = await look_up(run, clients, await officer_token(chosen))
        if not options.file:
            more += await play_permits(run, clients[0], how, chosen, store_url(chosen), ZoneInfo(town.timezone))
        verdict = _judge(run, more)
    stories = [run.ledger.story(answer.id) for answer in run.accepted]
    times = spreads([hops(answer, story) for answer, story in zip(run.accepted, stories, strict=True)])
    print(totals(verdict, list(destinations(stories).items()), times, progress.took))
    print(conclusion(verdict))
    return 0 if verdict.reconciled else 1


async def _play(run: Run, clients: Sequence[httpx.AsyncClient], listener: Listener, how: Pace, cases: Cases) -> None:
    cases.head()
    sending = asyncio.create_task(send_all(run, clients, how.patience))
    try:
        await follow(run, listener, how, sending, cases.show)
    finally:
        sending.cancel()
    cases.finish()


def _judge(run: Run, more: Sequence[Difference]) -> Verdict:
    verdict = reconcile(len(run.rows), run.answers, run.ledger, run.rules)
    return replace(verdict, differences=[*verdict.differences, *more])


@asynccontextmanager
async def _clients(origin: str, count: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """One client per concurrent request: a shared pool spends more time choosing a connection than using it."""
    trust = ssl.create_default_context()
    async with AsyncExitStack() as opened:
        made = [httpx.AsyncClient(base_url=origin, timeout=30, verify=trust) for _ in range(count)]
        yield [await opened.enter_async_context(client) for client in made]


async def _reachable(http: httpx.AsyncClient) -> None:
    """Checks before anything is sent that something answers."""
    try:
        await http.get("/api/v1/reports", params={"limit": 1})
    except httpx.TransportError as error:
        raise BadInput(
            f"nothing answers at {http.base_url} ({type(error).__name__}); start it with: make up"
        ) from error


if __name__ == "__main__":
    sys.exit(run_piped(main))
