"""Applications by their fees: what is to be paid, what a payment of the bank pays, which receipts wait for a number."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.permits.domain.application import Application
from services.permits.queries import LISTED, TEXT
from shared.kernel import Case
from shared.kernel.mongo import MongoCases

INDEXES = (
    IndexModel([("state.bill.due_at", ASCENDING), ("_id", ASCENDING)], name="unpaid",
               partialFilterExpression={"state.bill.standing": "due"}),
    IndexModel([("state.bill.payment.transaction", ASCENDING)], name="transaction", unique=True,
               partialFilterExpression={"state.bill.payment.transaction": {"$type": "string"}}),
    IndexModel([("state.bill.payment.at", ASCENDING)], name="unnumbered",
               partialFilterExpression={"state.bill.payment.receipt": ""}),
)  # fmt: skip
_BY_DAY = [("state.bill.due_at", ASCENDING), ("_id", ASCENDING)]
# As `Application.owed` has it: of what is withdrawn or refused nothing is due, whatever its invoice says.
_OWED: Mapping[str, Any] = {
    "state.bill.standing": "due", "state.state": {"$ne": "withdrawn"}, "state.decision.decision": {"$ne": "refused"},
}  # fmt: skip


class BillStore:
    """The same cases as the store's, asked for by their invoices."""

    def __init__(self, cases: MongoCases[Application]) -> None:
        self._cases = cases

    async def list_unpaid(self, *, after: tuple[datetime, str] | None, limit: int) -> list[Case[Application]]:
        """Invoices that are to be paid, the one that is due first at the beginning."""
        query = dict(_OWED)
        if after:
            at, case_id = after
            query["$or"] = [{"state.bill.due_at": {"$gt": at}}, {"state.bill.due_at": at, "_id": {"$gt": case_id}}]
        cursor = self._cases.collection.find(query, LISTED).sort(_BY_DAY).limit(limit)
        return [self._cases.parse(document) async for document in cursor]

    async def paid_by(self, transaction: str) -> str | None:
        """The application that this payment of the bank pays."""
        query = {"state.bill.payment.transaction": {"$eq": transaction, **TEXT}}
        found = await self._cases.collection.find_one(query, {"_id": 1})
        return str(found["_id"]) if found else None

    async def unnumbered(self) -> AsyncIterator[Case[Application]]:
        """Paid, and the receipt has no number yet; the payment that came first at the beginning."""
        query = {"state.bill.payment.receipt": ""}
        async for document in self._cases.collection.find(query, LISTED).sort([("state.bill.payment.at", ASCENDING)]):
            yield self._cases.parse(document)
