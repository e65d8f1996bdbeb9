"""The numbers of receipts: per series and year 1, 2, 3 … without a gap, whoever asks at once and whatever crashes.

A number is taken by writing down the one behind the last, and none is ever removed: it stands only where all before it
stand. It is taken after the payment is saved, so that it is never one of nothing; a payment has one, however often it
is asked for.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from shared.kernel import Transient

ATTEMPTS = 500  # so many cashiers would have to be quicker, one after the other
PAUSE_SECONDS = 0.05  # the longest wait for one's turn
INDEXES = (
    IndexModel([("case_id", ASCENDING)], name="case", unique=True),
    IndexModel([("series", ASCENDING), ("year", ASCENDING), ("number", DESCENDING)], name="last"),
    IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
)


@dataclass(frozen=True)
class Receipt:
    """One line of the receipt book."""

    number: str
    case_id: str
    reference: str
    satang: int
    at: datetime


class ReceiptStore:
    """The receipt book of the town."""

    def __init__(self, receipts: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._receipts = receipts

    async def number(self, case_id: str, reference: str, amount: int, at: datetime, series: str, year: int) -> str:
        """`P-12/2569`: the one that this case has, or the next."""
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - not a secret
            stored = await self._receipts.find_one({"case_id": case_id}, {"_id": 1})
            if stored is not None:
                return str(stored["_id"])
            number = await self._last(series, year) + 1
            receipt = {
                "_id": f"{series}-{number}/{year}", "series": series, "year": year, "number": number,
                "case_id": case_id, "reference": reference, "satang": amount, "at": at,
            }  # fmt: skip
            try:
                await self._receipts.insert_one(receipt)
            except DuplicateKeyError:  # somebody took it first, or this case has got one meanwhile
                continue
            return str(receipt["_id"])
        raise Transient(f"no number for the receipt of {reference}: others took each of {ATTEMPTS}")

    async def newest(self, after: tuple[datetime, str] | None, limit: int) -> list[Receipt]:
        """The book, the newest line first."""
        query: dict[str, Any] = {}
        if after:
            at, number = after
            query = {"$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": number}}]}
        cursor = self._receipts.find(query).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [Receipt(one["_id"], one["case_id"], one["reference"], one["satang"], one["at"]) async for one in cursor]

    async def _last(self, series: str, year: int) -> int:
        last = await self._receipts.find_one({"series": series, "year": year}, sort=[("number", DESCENDING)])
        return int(last["number"]) if last else 0
