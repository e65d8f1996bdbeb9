"""`onestop dlq`: an operator lists, shows, replays and discards dead letters."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from shared.events.catalogue import SERVICES
from shared.kernel.connections import connect
from shared.kernel.dlq import REASONS, UNDECODABLE, DeadLetter, DeadLetters, PutBack
from shared.kernel.moments import Moment
from shared.kernel.mongo_moments import MongoMoments
from shared.settings import ServiceSettings
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator, printable, words
from tools.operate.failures import NotDone

EPILOG = """\
replay sends an event back to the topic that it came from: every consumer group of that topic gets it, and those
that have handled it drop it by its id. A moment of a case (timer-bug) goes back to its case alone. What could not
be decoded can only be parked again, unless a release with another decoder runs by now."""
_DONE = {"replay": "replayed", "discard": "discarded"}


def main(arguments: Sequence[str]) -> int:
    """1: none of the dead letters asked for is there."""
    asked = _parser().parse_intermixed_args(arguments)  # ids may come before, between and after the options
    _refuse_wrong(asked)
    settings = ServiceSettings()
    dead_letters = DeadLetters(settings.brokers, asked.group, settings.topic_prefix)
    return asyncio.run(_run(asked, dead_letters, _to_case(settings, asked.group)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onestop dlq", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=("list", "show", "replay", "discard"))
    parser.add_argument("id", nargs="*", help="as list prints it")
    parser.add_argument("--group", required=True, choices=SERVICES)
    parser.add_argument("--reason", choices=REASONS, help="only letters parked for this")
    parser.add_argument("--type", help="only events of this type")
    parser.add_argument("--all", action="store_true", help="replay or discard every open letter")
    parser.add_argument("--all-states", action="store_true", help="replayed and discarded ones too")
    parser.add_argument("--because", type=words, help="why letters are discarded; stays on record")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


def _refuse_wrong(asked: argparse.Namespace) -> None:
    """What is missing from a command that changes something."""
    if asked.verb in ("list", "show"):
        return
    if not (asked.id or asked.reason or asked.type or asked.all):
        raise NotDone(f"say which to {asked.verb}: ids, --reason, --type, or --all")
    if asked.verb == "discard" and not asked.because:
        raise NotDone("say why with --because: it stays on record")
    operator(asked)


async def _run(asked: argparse.Namespace, dead_letters: DeadLetters, put_back: PutBack) -> int:
    found = [dead for dead in await dead_letters.all() if _matches(asked, dead)]
    if not found and asked.id:
        print("no such dead letter", file=sys.stderr)
        return 1
    if asked.json:
        print(as_json([_as_data(dead) for dead in found]))
    elif not found:
        print("no dead letters")
    else:
        print("\n".join(_say_dead_letter(dead) if asked.verb == "show" else _line(dead) for dead in found))
    if asked.verb == "replay" and any(dead.reason == UNDECODABLE for dead in found):
        print("what could not be decoded is parked again unless what decodes it has changed", file=sys.stderr)
    if not found or asked.verb in ("list", "show") or asked.dry_run:
        return 0
    if not asked.id:  # whoever names each has looked at each
        need_sure(asked, f"{len(found)} dead letters are {_DONE[asked.verb]}")
    who = operator(asked).name
    if asked.verb == "replay":
        await dead_letters.replay(found, who, put_back)
    else:
        await dead_letters.discard(found, f"{asked.because} ({who})")
    if not asked.json:
        print(f"{len(found)} {_DONE[asked.verb]}")
    return 0


def _to_case(settings: ServiceSettings, group: str) -> PutBack:
    """A parked moment goes back to its case, in the database of the service whose group it is."""

    async def put_back(collection: str, case_id: str, moment: Moment) -> None:
        client = connect(settings.mongodb_uri, "operator")
        try:
            cases = client[f"{settings.mongodb_prefix}_{group}"][collection]
            await MongoMoments(cases).put_back(case_id, moment)
        finally:
            client.close()

    return put_back


def _matches(asked: argparse.Namespace, dead: DeadLetter) -> bool:
    return (
        (not asked.id or dead.id in asked.id)
        and (dead.state == "open" or asked.all_states or bool(asked.id))
        and asked.reason in (None, dead.reason)
        and asked.type in (None, dead.event_type)
    )


def _line(dead: DeadLetter) -> str:
    at = dead.parked_at.isoformat(timespec="seconds")
    said = (dead.id, at, dead.state, dead.reason, dead.event_type, dead.why[:120])
    return "  ".join(map(printable, said))


def _as_data(dead: DeadLetter) -> dict[str, Any]:
    """The dead letter as text alone: bytes that are none are escaped."""
    headers = {name: _text(value) for name, value in dead.headers}
    return {**vars(dead), "event_type": dead.event_type, "headers": headers, "key": _text(dead.key),
            "value": _text(dead.value)}  # fmt: skip


def _say_dead_letter(dead: DeadLetter) -> str:
    """All of it, each part under its name."""
    parts = {
        "letter": dead.id,
        "state": _state(dead),
        "parked at": dead.parked_at.isoformat(timespec="seconds"),
        "reason": dead.reason,
        "why": dead.why,
        "event type": dead.event_type,
        "key": _text(dead.key),
    }
    lines = [f"{name + ':':11} {printable(text)}" for name, text in parts.items()]
    headers = [f"  {printable(name)}: {_text(value)}" for name, value in dead.headers]
    return "\n".join([*lines, "headers:", *headers, "value:", f"  {_text(dead.value)}", ""])


def _state(dead: DeadLetter) -> str:
    at = dead.resolved_at.isoformat(timespec="seconds") if dead.resolved_at else "?"
    return {
        "replayed": f"replayed by {dead.note} at {at}",
        "discarded": f"discarded at {at} because: {dead.note}",
    }.get(dead.state, dead.state)


def _text(value: bytes | None) -> str:
    return "(null)" if value is None else printable(value.decode(errors="backslashreplace"))
