"""Applications by their invoices: what is to be paid, what the bank's payments pay, which receipts wait for a number.

The first invoice of an application and its later ones stand in two places, as `Application` has them, so each list is
asked for twice and merged.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.permits.domain.application import Application
from services.permits.domain.bill import FIRST, Bill
from services.permits.domain.invoices import bills_of, key_of, list_owed
from services.permits.queries import LISTED, TEXT
from shared.kernel import Case
from shared.kernel.mongo import MongoCases

Due = tuple[Case[Application], Bill]
INDEXES = (
    IndexModel([("state.bill.due_at", ASCENDING), ("_id", ASCENDING)], name="unpaid",
               partialFilterExpression={"state.bill.standing": "due"}),
    IndexModel([("state.later_bills.standing", ASCENDING)], name="unpaid-later",
               partialFilterExpression={"state.later_bills.standing": "due"}),
    # Of what a release before this one has saved; from now on `bank_numbers` holds these and the later invoices'.
    IndexModel([("state.bill.payment.transaction", ASCENDING)], name="transaction", unique=True,
               partialFilterExpression={"state.bill.payment.transaction": {"$type": "string"}}),
    IndexModel([("state.bank_numbers", ASCENDING)], name="bank-numbers", unique=True,
               partialFilterExpression={"state.bank_numbers": {"$type": "string"}}),
    IndexModel([("state.bill.payment.at", ASCENDING)], name="unnumbered",
               partialFilterExpression={"state.bill.payment.receipt": ""}),
    IndexModel([("state.later_bills.payment.at", ASCENDING)], name="unnumbered-later",
               partialFilterExpression={"state.later_bills.payment.receipt": ""}),
)  # fmt: skip
_BY_DAY = [("state.bill.due_at", ASCENDING), ("_id", ASCENDING)]
# As `invoices.is_owed` has it: of what is withdrawn, refused or revoked nothing is due, whatever its invoice says.
_OWED: Mapping[str, Any] = {
    "state.bill.standing": "due", "state.state": {"$ne": "withdrawn"}, "state.decision.decision": {"$ne": "refused"},
    "state.standing": {"$ne": "revoked"},
}  # fmt: skip


class BillStore:
    """The same cases as the store's, asked for by their invoices."""

    def __init__(self, cases: MongoCases[Application]) -> None:
        self._cases = cases

    async def list_unpaid(self, *, after: tuple[datetime, str] | None, limit: int) -> Sequence[Due]:
        """Invoices that are to be paid, the one that is due first at the beginning."""
        query = dict(_OWED)
        if after:
            at, place = after
            query["$or"] = [{"state.bill.due_at": {"$gt": at}}, {"state.bill.due_at": at, "_id": {"$gt": place}}]
        first = [case async for case in self._read(query, _BY_DAY, limit)]
        # Some dozens at a time: more time is asked for by few, and paid before long.
        later = [case async for case in self._read({"state.later_bills.standing": "due"})]
        found = [
            *((case, case.state.bill) for case in first if case.state.bill),
            *((case, bill) for case in later for bill in list_owed(case.state) if bill.number != FIRST),
        ]
        behind = [(case, bill) for case, bill in found if after is None or place_of(case, bill) > after]
        return sorted(behind, key=lambda due: place_of(*due))[:limit]

    async def find_paid_by(self, transaction: str) -> str | None:
        """The application that this payment of the bank pays."""
        paths = ("state.bank_numbers", "state.bill.payment.transaction")
        query = {"$or": [{path: {"$eq": transaction, **TEXT}} for path in paths]}
        found = await self._cases.collection.find_one(query, {"_id": 1})
        return str(found["_id"]) if found else None

    async def list_unnumbered(self) -> Sequence[tuple[datetime, Case[Application], Bill]]:
        """Paid, and the receipt has no number yet; the payment that came first at the beginning."""
        query = {"$or": [{"state.bill.payment.receipt": ""}, {"state.later_bills.payment.receipt": ""}]}
        waiting = [
            (bill.payment.at, case, bill)
            async for case in self._read(query)
            for bill in bills_of(case.state)
            if bill.payment and not bill.payment.receipt
        ]
        return sorted(waiting, key=lambda one: one[0])

    async def _read(
        self, query: Mapping[str, Any], order: list[tuple[str, int]] | None = None, limit: int = 0
    ) -> AsyncIterator[Case[Application]]:
        cursor = self._cases.collection.find(query, LISTED).limit(limit)
        async for document in cursor.sort(order) if order else cursor:
            yield self._cases.parse(document)


def place_of(case: Case[Application], bill: Bill) -> tuple[datetime, str]:
    """Where an invoice stands among those that are to be paid."""
    return bill.due_at, key_of(case.id, bill.number)
