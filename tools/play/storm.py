"""`make storm [ARGS=…]`: a storm of reports, a quarter of them one outage, decided and ended by an officer, reconciled.

It needs a running system in which nobody else reports, and begins only where no incident of that kind is under way.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import httpx

from shared.events.ids import new_id
from shared.settings import ServiceSettings
from shared.town import Town, TownError, load_town
from tools.piped import run_piped
from tools.play.bus import Listener
from tools.play.ledger import Ledger
from tools.play.mapping import BadInput
from tools.play.officer import Officer
from tools.play.options import settings
from tools.play.permit_run import officer_token
from tools.play.play import Pace, Run, follow
from tools.play.reconcile import Difference, Verdict, by_event, reconcile
from tools.play.rows import Row
from tools.play.screen import Progress, conclusion
from tools.play.sending import stubborn, submit
from tools.play.storm_check import storm_faults
from tools.play.weather import pace_reports, storm

FOLLOWED = 20  # one of so many reports of the outage is followed by somebody else
LOOK_SECONDS = 1.0
LINGER_SECONDS = 10.0  # of silence: a walk over hundreds of members has pauses


def main(given: Sequence[str] | None = None) -> int:
    """Exit status: 0 reconciled, 1 not reconciled, 2 could not be tried."""
    options = _arguments().parse_args(given)
    try:
        chosen = settings()
        town = load_town(chosen.town_dir)
        return asyncio.run(_storm(options, chosen, town))
    except (BadInput, TownError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make storm",
        description="A storm of reports, a quarter of them one outage that an officer confirms and ends, and all of it "
        "reconciled. It sends real reports and mails: play it on a system of its own. It begins only where no incident "
        "of that kind is open or proposed, and ends only what it has opened. Exit status: 0 reconciled, 1 not "
        "reconciled, 2 could not be tried.",
    )
    parser.add_argument("--reports", type=int, default=2000, help="how many (%(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="in how many minutes they come (%(default)s)")
    parser.add_argument("--patience", type=float, default=120, metavar="S", help="for one request with all its tries")
    parser.add_argument(
        "--quiet", type=float, default=120, metavar="S", help="silence after which what is missing is lost"
    )
    return parser


async def _storm(options: argparse.Namespace, chosen: ServiceSettings, town: Town) -> int:
    outage, rows = storm(town, options.reports)
    run = Run(key=new_id(), rows=rows, rules=by_event(town.notices), ledger=Ledger())
    pace = Pace(parallel=1, patience=options.patience, quiet=options.quiet, wait=1800, linger=LINGER_SECONDS)
    token = await officer_token(chosen)
    if token is None:
        raise BadInput("nobody can sign in as the officer who decides")
    async with (
        httpx.AsyncClient(base_url=chosen.public_url, timeout=60) as http,
        Listener(chosen, run.ledger) as listener,
    ):
        officer = Officer(http, token, pace.patience, outage)
        await officer.need_calm()
        await _play(run, Played(http, listener, pace, outage, options.minutes * 60), officer)
    verdict = _judge(run, town, outage)
    print(conclusion(verdict))
    return 0 if verdict.reconciled else 1


@dataclass(frozen=True)
class Played:
    """With what it is played: the outage's category, and over how many seconds."""

    http: httpx.AsyncClient
    listener: Listener
    pace: Pace
    outage: str
    seconds: float


async def _play(run: Run, played: Played, officer: Officer) -> None:
    """All that is sent, decided and ended, to the last notice."""
    progress = Progress(len(run.rows))

    def tick() -> None:
        progress.show(len(run.answers), f"{run.settled:,} told of all that has happened so far")

    deciding = asyncio.create_task(
        officer.confirm_what_is_proposed(lambda: {answer.reference for answer in run.answers})
    )
    sending = asyncio.create_task(_send(run, played))
    try:
        await follow(run, played.listener, played.pace, sending, tick)
        await _until_joined(run, played)
        if deciding.done():
            deciding.result()
        ended = await officer.end_what_it_opened()
        print(f"{ended} × {played.outage} was made one incident, and ended", flush=True)
        await asyncio.sleep(LINGER_SECONDS)
        await follow(run, played.listener, played.pace, sending, tick)
    finally:
        deciding.cancel()
        sending.cancel()


async def _until_joined(run: Run, played: Played) -> None:
    """Everyone in the dark knows that the town does; whoever does not after a while is named in the end."""
    waiting = [one.id for one in run.accepted if one.row.body["category"] == played.outage]
    for _ in range(int(played.pace.quiet / LOOK_SECONDS)):
        if all(run.ledger.story(case).incidents for case in waiting):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _send(run: Run, played: Played) -> None:
    """Each report at its time, however long the ones before it take."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.TaskGroup() as sending:
        for row, at in zip(run.rows, pace_reports(len(run.rows), played.seconds), strict=True):
            await asyncio.sleep(max(0.0, began + at - clock()))
            sending.create_task(_send_one(run, played, row))


async def _send_one(run: Run, played: Played, row: Row) -> None:
    """Some of the outage's are followed by somebody else, who is told too."""
    answer = await submit(played.http, row, run.idempotency_key(row), played.pace.patience)
    run.answers.append(answer)
    if answer.outcome != "accepted" or row.body["category"] != played.outage or row.number % FOLLOWED:
        return
    headers, body = {"Idempotency-Key": f"follow-{answer.id}"}, {"email": f"follower-{row.number}@example.org"}
    path = f"/api/v1/reports/{answer.reference}/follow"
    await stubborn(played.http, "POST", path, headers, played.pace.patience, json=body)


def _judge(run: Run, town: Town, outage: str) -> Verdict:
    verdict = reconcile(len(run.rows), run.answers, run.ledger, run.rules)
    stories = {answer.id: run.ledger.story(answer.id) for answer in run.accepted}
    more: list[Difference] = storm_faults(town, outage, run.accepted, stories)
    return replace(verdict, differences=[*verdict.differences, *more])


if __name__ == "__main__":
    sys.exit(run_piped(main))
