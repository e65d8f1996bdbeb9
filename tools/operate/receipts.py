"""`onestop receipts`: says after a restoration which receipt was the last one that was printed, by series and year.

The database has forgotten what was numbered after the backup, and no receipt may be given twice: so numbers wait until
somebody has looked at the copies, the mails or the bank. Without a number it says what waits. With one, the receipts in
between are entered as lost in the restoration, so that the book has no gap, and what waits is numbered behind them.
"""

import argparse
import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.permits.commands import Desk
from services.permits.receipt_book import Held, confirm_last, list_held_books, need_last
from services.permits.receipt_store import Book
from shared.events.ids import new_id
from shared.kernel import Transient, now
from shared.kernel.restored import Restoration
from shared.kernel.trail import Change, Line
from shared.people import Person
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator
from tools.operate.desks import permits_desk
from tools.operate.failures import NotDone

_PRINTED = re.compile(r"(?P<series>[A-Z0-9]{1,8})-(?P<number>\d{1,9})/(?P<year>\d{4})", re.ASCII)


@dataclass(frozen=True)
class Waits:
    """A series and year in which nothing is numbered: with which number the book ends, and how many payments wait."""

    series: str
    year: int
    last_in_book: str
    waiting: int


@dataclass(frozen=True)
class Confirmed:
    """What was said of one series and year. `lost`: the numbers nobody knows anything of; `numbered`: what waited."""

    last: str
    lost: int
    first_lost: str | None
    numbered: Sequence[str]


@dataclass(frozen=True)
class Answer:
    """`since`: when the restoration began; None: nothing was ever restored."""

    since: datetime | None
    confirmed: Sequence[Confirmed]
    waits: Sequence[Waits]


def main(arguments: Sequence[str]) -> int:
    """Exit status 1: receipts wait."""
    asked = _parser().parse_args(arguments)
    try:
        answer = asyncio.run(_run(asked))
    except Transient as error:  # half a restoration
        raise NotDone(str(error)) from error
    print(as_json(answer) if asked.json else _say_answer(answer, is_dry=asked.dry_run))
    return int(bool(answer.waits))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop receipts", description=__doc__)
    parser.add_argument(
        "last", nargs="*", type=_read_number, metavar="LAST",
        help="the last receipt that was printed, as P-44/2569; P-0/2569 where none was",
    )  # fmt: skip
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


def _read_number(text: str) -> tuple[Book, int]:
    if (match := _PRINTED.fullmatch(text)) is None:
        raise argparse.ArgumentTypeError(f"{text} is no number of a receipt: write it as it is printed, P-44/2569")
    return Book(match["series"], int(match["year"])), int(match["number"])


async def _run(asked: argparse.Namespace) -> Answer:
    async with permits_desk() as desk:
        restored, held = await list_held_books(desk)
        said = {_need_held(held, book): last for book, last in asked.last}
        planned = [_plan_receipt(one, last) for one, last in said.items()]
        if len(said) < len(asked.last):
            raise NotDone("say one number of each series and year: its last")
        if restored is None or not said:
            return Answer(restored.begun_at if restored else None, (), _waits(held))
        if asked.dry_run:
            return Answer(restored.begun_at, planned, _waits([one for one in held if one not in said]))
        who = operator(asked)
        need_sure(asked, "; ".join(map(_plan, planned)))
        confirmed = [await _confirm(desk, one, last, restored, who) for one, last in said.items()]
        return Answer(restored.begun_at, confirmed, _waits((await list_held_books(desk))[1]))


def _need_held(held: Sequence[Held], book: Book) -> Held:
    for one in held:
        if one.book == book:
            return one
    waits = ", ".join(str(one.book) for one in held) or "nothing"
    raise NotDone(f"no receipt of {book} waits for its number; what waits: {waits}")


def _plan_receipt(held: Held, last: int) -> Confirmed:
    lost = need_last(held, last)
    return Confirmed(held.book.receipt(last), lost, held.book.receipt(held.last + 1) if lost else None, ())


async def _confirm(desk: Desk, held: Held, last: int, restored: Restoration, who: Person) -> Confirmed:
    """On record before it is done: of an act that was interrupted the trail must know too."""
    planned = _plan_receipt(held, last)
    change = Change("receipts", held.book.receipt(held.last), planned.last)
    await desk.store.trail.add("receipts", Line(new_id(), now(), None, "", "", "confirm-receipts", who, (change,)))
    numbered = await confirm_last(desk, held, last, restored)
    return Confirmed(planned.last, planned.lost, planned.first_lost, numbered)


def _waits(held: Sequence[Held]) -> list[Waits]:
    return [Waits(one.book.series, one.book.year, one.book.receipt(one.last), one.waiting) for one in held]


def _say_answer(answer: Answer, *, is_dry: bool) -> str:
    lines = [("would be: " if is_dry else "") + _plan(one) for one in answer.confirmed]
    for one in answer.confirmed:
        lines += [f"  numbered: {', '.join(one.numbered)}"] if one.numbered else []
    for wait in answer.waits:
        lines += [
            f"{wait.series}/{wait.year}: no number is given since the restoration of {answer.since:%Y-%m-%d %H:%M}Z.",
            f"  The book ends with {wait.last_in_book}, and {wait.waiting} payments wait. Find the last receipt",
            f"  that was printed, and say it: onestop receipts {wait.series}-NUMBER/{wait.year}",
        ]
    return "\n".join(lines) or "no receipt waits for a number"


def _plan(one: Confirmed) -> str:
    if not one.lost:
        return f"{one.last} is the last one, and the book has it: nothing is lost"
    return f"{one.last} is the last one: {one.lost} receipts from {one.first_lost} on are lost in the restoration"
