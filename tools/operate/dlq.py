"""`python -m tools.operate.dlq`: an operator lists, shows, replays and discards dead letters."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.catalogue import SERVICES
from shared.kernel.dlq import TIMER_BUG, DeadLetter, DeadLetters, PutBack
from shared.kernel.moments import Moment
from shared.kernel.mongo_moments import MongoMoments
from shared.settings import ServiceSettings


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 1 when no letter matched."""
    asked = _parser().parse_args(arguments)
    settings = ServiceSettings()
    letters = DeadLetters(settings.bootstrap, asked.group, settings.topic_prefix)
    return asyncio.run(_run(asked, letters, _to_case(settings, asked.group)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dlq", description=__doc__)
    parser.add_argument("verb", choices=("list", "show", "replay", "discard"))
    parser.add_argument("id", nargs="*", help="as list prints it; none: all that match")
    parser.add_argument("--group", required=True, choices=SERVICES)
    parser.add_argument(
        "--reason", choices=("undecodable", "reject", "bug", TIMER_BUG), help="only letters parked for this"
    )
    parser.add_argument("--type", help="only events of this type")
    parser.add_argument("--all-states", action="store_true", help="replayed and discarded ones too")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--because", help="why letters are discarded; stays on record")
    return parser


async def _run(asked: argparse.Namespace, letters: DeadLetters, put_back: PutBack) -> int:
    found = [letter for letter in await letters.all() if _matches(asked, letter)]
    if not found:
        print("no dead letter matches", file=sys.stderr)
        return 1
    if asked.verb == "discard" and not asked.because:
        print("say why with --because: it stays on record", file=sys.stderr)
        return 2
    for letter in found:
        print(_shown(letter) if asked.verb == "show" else _line(letter))
    if asked.verb in ("list", "show") or asked.dry_run:
        return 0
    if asked.verb == "replay":
        await letters.replay(found, getpass.getuser(), put_back)
    else:
        await letters.discard(found, asked.because)
    print(f"{len(found)} {'replayed' if asked.verb == 'replay' else 'discarded'}")
    return 0


def _to_case(settings: ServiceSettings, group: str) -> PutBack:
    """A parked moment goes back to its case, in the database of the service whose group it is."""

    async def put_back(collection: str, case_id: str, moment: Moment) -> None:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(settings.mongodb_uri, tz_aware=True)
        try:
            cases = client[f"{settings.mongodb_prefix}_{group}"][collection]
            await MongoMoments(cases).put_back(case_id, moment)
        finally:
            client.close()

    return put_back


def _matches(asked: argparse.Namespace, letter: DeadLetter) -> bool:
    return (
        (not asked.id or letter.id in asked.id)
        and (letter.state == "open" or asked.all_states or bool(asked.id))
        and asked.reason in (None, letter.reason)
        and asked.type in (None, letter.event_type)
    )


def _line(letter: DeadLetter) -> str:
    at = letter.parked_at.isoformat(timespec="seconds")
    return f"{letter.id}  {at}  {letter.state}  {letter.reason}  {letter.event_type}  {letter.why[:120]}"


def _shown(letter: DeadLetter) -> str:
    headers = "\n".join(f"  {name}: {_text(value)}" for name, value in letter.headers)
    return f"{_line(letter)}\n{letter.why}\nkey: {_text(letter.key)}\n{headers}\n{_text(letter.value)}\n{letter.note}"


def _text(value: bytes | None) -> str:
    return "(null)" if value is None else value.decode(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
