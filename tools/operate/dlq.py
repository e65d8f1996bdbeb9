"""`python -m tools.operate.dlq`: an operator lists, shows, replays and discards dead letters."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from typing import Any

from aiokafka.errors import KafkaConnectionError, KafkaError
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError

from shared.events.catalogue import SERVICES
from shared.kernel.dlq import REASONS, UNDECODABLE, DeadLetter, DeadLetters, PutBack
from shared.kernel.errors import said
from shared.kernel.moments import Moment
from shared.kernel.mongo_moments import MongoMoments
from shared.settings import ServiceSettings
from tools.operate.broker import no_answer, quiet, trouble

EPILOG = """\
replay sends an event back to the topic that it came from: every consumer group of that topic gets it, and those
that have handled it drop it by its id. A moment of a case (timer-bug) goes back to its case alone. What could not
be decoded can only be parked again, unless a release with another decoder runs by now."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0; 1: none of the letters asked for is there; 2: asked wrongly, or Kafka gives no answer."""
    asked = _parser().parse_intermixed_args(arguments)  # ids may come before, between and after the options
    if wrong := _wrong(asked):
        print(wrong, file=sys.stderr)
        return 2
    settings = ServiceSettings()
    letters = DeadLetters(settings.brokers, asked.group, settings.topic_prefix)
    try:
        with quiet():
            return asyncio.run(_run(asked, letters, _to_case(settings, asked.group)))
    except (KafkaConnectionError, TimeoutError):
        print(no_answer(settings.kafka_bootstrap_servers), file=sys.stderr)
    except KafkaError as error:
        print(trouble(settings.kafka_bootstrap_servers, error), file=sys.stderr)
    except PyMongoError as error:  # a moment goes back to its case
        print(f"MongoDB gives no answer; `make up` starts it: {said(error)}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dlq", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=("list", "show", "replay", "discard"))
    parser.add_argument("id", nargs="*", help="as list prints it")
    parser.add_argument("--group", required=True, choices=SERVICES)
    parser.add_argument("--reason", choices=REASONS, help="only letters parked for this")
    parser.add_argument("--type", help="only events of this type")
    parser.add_argument("--all", action="store_true", help="replay or discard every open letter")
    parser.add_argument("--all-states", action="store_true", help="replayed and discarded ones too")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--because", help="why letters are discarded; stays on record")
    return parser


def _wrong(asked: argparse.Namespace) -> str | None:
    """What is missing from a command that changes something."""
    if asked.verb in ("list", "show"):
        return None
    if not (asked.id or asked.reason or asked.type or asked.all):
        return f"say which to {asked.verb}: ids, --reason, --type, or --all"
    if asked.verb == "discard" and not asked.because:
        return "say why with --because: it stays on record"
    return None


async def _run(asked: argparse.Namespace, letters: DeadLetters, put_back: PutBack) -> int:
    found = [letter for letter in await letters.all() if _matches(asked, letter)]
    if not found and asked.id:
        print("no such dead letter", file=sys.stderr)
        return 1
    if not found:
        print("no dead letters")
        return 0
    for letter in found:
        print(_shown(letter) if asked.verb == "show" else _line(letter))
    if asked.verb == "replay" and any(letter.reason == UNDECODABLE for letter in found):
        print("what could not be decoded is parked again unless what decodes it has changed", file=sys.stderr)
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
    said = (letter.id, at, letter.state, letter.reason, letter.event_type, letter.why[:120])
    return "  ".join(map(_printable, said))


def _shown(letter: DeadLetter) -> str:
    """All of it, each part under its name."""
    parts = {
        "letter": letter.id,
        "state": _state(letter),
        "parked at": letter.parked_at.isoformat(timespec="seconds"),
        "reason": letter.reason,
        "why": letter.why,
        "event type": letter.event_type,
        "key": _text(letter.key),
    }
    lines = [f"{name + ':':11} {_printable(text)}" for name, text in parts.items()]
    headers = [f"  {_printable(name)}: {_text(value)}" for name, value in letter.headers]
    return "\n".join([*lines, "headers:", *headers, "value:", f"  {_text(letter.value)}", ""])


def _state(letter: DeadLetter) -> str:
    at = letter.resolved_at.isoformat(timespec="seconds") if letter.resolved_at else "?"
    return {
        "replayed": f"replayed by {letter.note} at {at}",
        "discarded": f"discarded at {at} because: {letter.note}",
    }.get(letter.state, letter.state)


def _text(value: bytes | None) -> str:
    return "(null)" if value is None else _printable(value.decode(errors="backslashreplace"))


def _printable(text: str) -> str:
    """Anybody who may write to a topic chooses what is shown here, and some characters command a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


if __name__ == "__main__":
    sys.exit(main())
