"""The receipt book: per series and year 1, 2, 3 … without a gap, whoever asks at once and whatever crashes.

A number is taken by writing down the one behind the last, and none is ever removed: it stands only where all before it
stand. It is taken after the payment is saved, so that it is never one of nothing; a payment has one, however often it
is asked for. A line that is void, or was lost with a database, says so and stays. When numbers may be taken:
`receipt_book.py`.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from shared.kernel import Transient
from shared.kernel.restored import Restoration, find_restoration

ATTEMPTS = 500  # so many cashiers would have to be quicker, one after the other
PAUSE_SECONDS = 0.05  # the longest wait for one's turn
INDEXES = (
    IndexModel(
        [("case_id", ASCENDING), ("payment", ASCENDING)],
        name="payment",
        unique=True,
        partialFilterExpression={"case_id": {"$type": "string"}},
    ),
    IndexModel([("series", ASCENDING), ("year", ASCENDING), ("number", DESCENDING)], name="last"),
    IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
)
RETIRED = (IndexModel([("case_id", ASCENDING)], name="case", unique=True),)  # when a case was paid once


@dataclass(frozen=True, order=True)
class Book:
    """The receipts of one series in one Buddhist year; their numbers begin at 1."""

    series: str
    year: int

    def receipt(self, number: int) -> str:
        """A receipt's number as it is printed: `P-12/2569`."""
        return f"{self.series}-{number}/{self.year}"

    def __str__(self) -> str:
        return f"{self.series}/{self.year}"


@dataclass(frozen=True)
class Paid:
    """What a receipt is given for. `payment`: which of the case's payments, as `Bill.entry` has it."""

    case_id: str
    payment: int | str
    reference: str
    satang: int
    at: datetime


@dataclass(frozen=True)
class Void:
    """Why a receipt does not count: who said so, and when."""

    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """One line of the receipt book. `lost`: it was printed before a restoration, and nobody knows for what."""

    number: str
    at: datetime
    reference: str
    satang: int
    void: Void | None
    lost: bool


class ReceiptStore:
    """The town's receipt books: numbers without gaps, none twice, whatever stops in between."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._database = database
        self._receipts = database["receipts"]
        self._confirmed = database["receipts_confirmed"]  # {_id: "P/2569", restored_at, last}

    async def number(self, paid: Paid, book: Book) -> str:
        """`P-12/2569`: the one that this payment has, or the next."""
        # A line of an earlier release does not say of which payment it is: there was one.
        same = {"case_id": paid.case_id, "payment": {"$in": [1, None]} if paid.payment == 1 else paid.payment}
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - not a secret
            stored = await self._receipts.find_one(same, {"_id": 1})
            if stored is not None:
                return str(stored["_id"])
            line = _dump_line(book, await self.last(book) + 1) | vars(paid)
            try:
                await self._receipts.insert_one(line)
            except DuplicateKeyError:  # somebody took it first, or this payment has got one meanwhile
                continue
            return str(line["_id"])
        raise Transient(f"no number for the receipt of {paid.reference}: others took each of {ATTEMPTS}")

    async def last(self, book: Book) -> int:
        """The last number that is taken; 0 before the first."""
        last = await self._receipts.find_one({"series": book.series, "year": book.year}, sort=[("number", DESCENDING)])
        return int(last["number"]) if last else 0

    async def void(self, number: str, void: Void) -> bool:
        """The receipt of this number does not count any more. False: the book has no such line."""
        done = await self._receipts.update_one({"_id": number}, {"$set": {"void": vars(void)}})
        return done.matched_count == 1

    async def newest(self, after: tuple[datetime, str] | None, limit: int) -> list[Receipt]:
        """A page of the books, the newest receipt first, after the one with that time and number."""
        query: dict[str, Any] = {}
        if after:
            at, number = after
            query = {"$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": number}}]}
        cursor = self._receipts.find(query).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_read_receipt(one) async for one in cursor]

    async def restoration(self) -> Restoration | None:
        """The last time that all this came back from a backup."""
        return await find_restoration(self._database)

    async def find_confirmed_since(self, book: Book) -> datetime | None:
        """The beginning of the restoration after which somebody said what its last number was."""
        said = await self._confirmed.find_one({"_id": str(book)})
        return said["restored_at"] if said else None

    async def confirm(self, book: Book, last: int, restored_at: datetime, at: datetime) -> None:
        """Up to this number receipts were printed. First what is lost is written down, then it counts as known: whoever
        is interrupted does it once more."""
        while (number := await self.last(book) + 1) <= last:
            try:
                await self._receipts.insert_one(_dump_line(book, number) | {"lost": True, "at": at})
            except DuplicateKeyError:  # another operator says the same
                continue
        known = {"restored_at": restored_at, "last": last}
        await self._confirmed.replace_one({"_id": str(book)}, known, upsert=True)


def _dump_line(book: Book, number: int) -> dict[str, Any]:
    return {"_id": book.receipt(number), **vars(book), "number": number}


def _read_receipt(line: dict[str, Any]) -> Receipt:
    void = Void(**line["void"]) if line.get("void") else None
    return Receipt(
        number=line["_id"],
        at=line["at"],
        reference=line.get("reference", ""),
        satang=line.get("satang", 0),
        void=void,
        lost=line.get("lost", False),
    )
