"""What commands have in common: who asks, whether they are sure, since when, and how programs read the answer."""

import argparse
import getpass
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import to_json

from shared.events.times import parse
from shared.kernel.clock import now
from shared.people import Person
from shared.references import LENGTH, read_reference
from shared.words.fold import letters_and_digits
from tools.operate.failures import NotDone

NOBODY = "onestop"  # the image's account: it says that a command ran in a container, not who ran it
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def add_operator(parser: argparse.ArgumentParser) -> None:
    """`--by`: acts stay on record under a name."""
    parser.add_argument("--by", default=_account(), metavar="NAME", help="who you are, for the record (%(default)s)")


def operator(asked: argparse.Namespace) -> Person:
    """Whoever runs the command, as the trail names them; they may everything, for they hold the database's key."""
    if not asked.by:
        raise NotDone("say who you are with --by NAME: it stays on record")
    return Person(sub=f"operator:{asked.by}", name=asked.by, roles=frozenset({"admin"}))


def add_sure(parser: argparse.ArgumentParser) -> None:
    """`--dry-run` and `--yes`, of a command that changes something."""
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def need_sure(asked: argparse.Namespace, what: str) -> None:
    """Raises `NotDone` unless somebody says yes to what cannot be undone."""
    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise NotDone(f"{what}. This cannot be undone, and there is nobody to ask: say --yes")
    if input(f"{what}. This cannot be undone. Type yes to go on: ").strip() != "yes":
        raise NotDone("nothing was done")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`: the answer for programs."""
    parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")


def as_json(answer: Any) -> str:
    """Dataclasses, models and times included."""
    return to_json(answer, indent=2).decode()


def moment(text: str) -> datetime:
    """`90m`, `6h` or `3d` ago, a day (its midnight, UTC), or an RFC 3339 time: for argparse's `type`."""
    if ago := re.fullmatch(r"(\d{1,5})([mhd])", text):
        return now() - int(ago[1]) * _UNITS[ago[2]]
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        return parse(text)
    except ValueError:
        what = f"{text} is no time: write 6h, 3d, 2026-11-26 or 2026-11-26T08:30:00Z"
        raise argparse.ArgumentTypeError(what) from None


def past(text: str) -> datetime:
    """The same where nothing can be asked of what is yet to come."""
    at = moment(text)
    if at > now():
        raise argparse.ArgumentTypeError(f"{text} is yet to come")
    return at


def read_written(text: str) -> str | None:
    """A case's reference as it is written, however somebody typed it (small letters, no dashes, O for 0); None when it
    is none."""
    typed = letters_and_digits(text)
    return read_reference(typed[:-LENGTH], typed) if len(typed) > LENGTH else None


def reference(text: str) -> str:
    """The same for argparse; what is none leads to no case, and is shown as it was typed."""
    return read_written(text) or text.strip().upper()


def at_least_one(text: str) -> int:
    """A number of things."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def words(text: str) -> str:
    """What stays on record."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text.strip()


def printable(text: str) -> str:
    """Anybody who may write to a topic chooses what is shown here, and some characters command a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _account() -> str | None:
    """The account on this machine; None where that says nothing of a person."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return None
    return None if name == NOBODY else name
