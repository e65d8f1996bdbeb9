"""Applications, their rules, permit numbers and lists in MongoDB; files are in `file_store.py`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.permits.absence_store import AbsenceStore
from services.permits.bill_store import INDEXES as BILL_INDEXES
from services.permits.bill_store import BillStore
from services.permits.domain.application import Application, Entry
from services.permits.domain.forgetting import files_of
from services.permits.domain.moments import KINDS, Periods, moments
from services.permits.domain.rules import Rules
from services.permits.file_store import FileStore
from services.permits.letter_store import LetterStore
from services.permits.number_store import NumberStore
from services.permits.queries import ASKS, CODES, LISTED, TEXT, Filter, select_past_due, select_undecided_late
from services.permits.receipt_store import INDEXES as RECEIPT_INDEXES
from services.permits.receipt_store import RETIRED as RETIRED_RECEIPTS
from services.permits.receipt_store import ReceiptStore
from services.permits.register_store import INDEXES as REGISTER_INDEXES
from services.permits.register_store import RegisterStore
from services.permits.signature_store import INDEXES as SIGNATURE_INDEXES
from services.permits.signature_store import SignatureStore
from shared.kernel import Case, now
from shared.kernel.service import Service

_OLDEST_FIRST, _NEWEST_FIRST = ASCENDING, DESCENDING
_RULES_MOST = 500  # versions of permit types held in memory, some 100 kB each
COUNTED_MOST = 999  # applications of one list at the desk
TIMELINE_KEPT = 100  # lines in the case itself; older ones are kept beside it
INDEXES = (
    IndexModel([("state.forgotten_at", ASCENDING), ("state.closed_at", ASCENDING)], name="retention",
               partialFilterExpression={"state.closed_at": {"$type": "date"}}),
    IndexModel([("state.reference", ASCENDING)], name="reference", unique=True),
    IndexModel([("state.state", ASCENDING), ("state.clock.due_at", ASCENDING), ("_id", ASCENDING)], name="desk"),
    *(IndexModel([(path, ASCENDING)], name=f"asks-{path}", partialFilterExpression={path: {"$type": "date"}})
      for path in ASKS),
    *REGISTER_INDEXES,
    *(IndexModel([(path, ASCENDING)], name=name, unique=True, partialFilterExpression={path: TEXT})
      for name, path in zip(("verify", "verify-act"), CODES, strict=True)),
    IndexModel([("state.decision.by.sub", ASCENDING), ("state.decision.at", DESCENDING)], name="scanned",
               partialFilterExpression={"state.decision.scanned": {"$gt": ""}}),
    IndexModel([("state.decision.number", ASCENDING)], name="number", unique=True,
               partialFilterExpression={"state.decision.number": {"$type": "string"}}),
    *BILL_INDEXES,
)  # fmt: skip


class Store:
    """Applications and what belongs to them. `Service.cases` makes the first: their `step` is that of `Cases`, in
    `shared/kernel/cases.py`."""

    def __init__(self, service: Service, periods: Periods, secrets: Sequence[str]) -> None:
        self.applications = service.cases(
            "applications",
            Application,
            moments=lambda application: moments(application, periods),
            kinds=KINDS,
            beside={"timeline": TIMELINE_KEPT},
            # Notes have their author and their time, and go with them; the keys only repeat what changed.
            silent=("staff_notes", "plot_keys", "person_keys", "keyed", "bank_numbers"),
            indexes=INDEXES,
        )
        self.absences = AbsenceStore(service)
        self.case_id = service.keys.case_id
        self.trail = service.trail
        self.files = FileStore(service.database, self.applications.collection)
        self.signatures = SignatureStore(service.database["signatures"], self.applications.collection, secrets)
        service.indexes("signatures", *SIGNATURE_INDEXES)
        self.bills = BillStore(self.applications)
        self.receipts = ReceiptStore(service.database)
        service.indexes("receipts", *RECEIPT_INDEXES, retired=RETIRED_RECEIPTS)
        self.letters = LetterStore(service.database["letters"])
        self.register = RegisterStore(self.applications.collection, self.applications.parse)
        self.numbers = NumberStore(service.database)
        self._rules = service.database["rules"]
        self._rules_read: dict[str, Rules] = {}  # by hash, so never out of date

    async def keep_rules(self, rules: Rules) -> None:
        """Keep what applications are judged by, once for all that share it, for good."""
        content = {"type": rules.code, "content": rules.content, "kept_at": now()}
        await self._rules.update_one({"_id": rules.hash}, {"$setOnInsert": content}, upsert=True)

    async def find_rules(self, content_hash: str) -> Rules | None:
        """The rules kept under that hash, for applications that are pinned to them; None where there are none."""
        if content_hash not in self._rules_read:
            document = await self._rules.find_one({"_id": content_hash}, {"content": 1})
            if document is None:
                return None
            if len(self._rules_read) >= _RULES_MOST:
                self._rules_read.clear()
            self._rules_read[content_hash] = Rules.model_validate_json(document["content"])
        return self._rules_read[content_hash]

    async def find_by_reference(self, reference: str) -> Case[Application] | None:
        """The application with that reference; None where there is none."""
        return await self._one({"state.reference": reference})

    async def read_older_timeline(self, case_id: str) -> tuple[Entry, ...]:
        """The lines that have left the case, the oldest first."""
        return tuple(await self.applications.older(case_id, "timeline"))

    async def find_verified(self, code: str) -> Case[Application] | None:
        """The application with the decision, or a later act, that a verify code belongs to."""
        return await self._one({"$or": [{path: {"$eq": code, **TEXT}} for path in CODES]})

    async def list_overdue(self, periods: Periods) -> AsyncIterator[str]:
        """Applications of which something may be over by these periods, whatever their own moments say."""
        days = (periods.applicant_days, periods.draft_days, min(periods.draft_days, periods.empty_draft_days))
        closed, begun, begun_empty = (now() - timedelta(days=one) for one in days)
        kept = {"state.forgotten_at": None, "state.closed_at": {"$lte": closed, "$type": "date"}}
        old = [
            {"state.created_at": {"$lte": begun}},
            {"state.created_at": {"$lte": begun_empty}, "state.documents": {}},
        ]
        drafts = {"state.state": {"$in": ["draft", "withdrawn"]}, "$or": old}
        for query in (kept | {"state.submitted_at": {"$ne": None}}, drafts | {"state.submitted_at": None}):
            async for document in self.applications.collection.find(query, {"_id": 1}):
                yield document["_id"]

    async def count_overdue(self, at: datetime) -> Mapping[str, int]:
        """How many applications have passed their due time by then with nothing decided, by lane."""
        by_lane = {"_id": "$state.clock.lane", "count": {"$sum": 1}}
        pipeline: list[dict[str, Any]] = [{"$match": select_undecided_late(at)}, {"$group": by_lane}]
        return {row["_id"]: row["count"] async for row in self.applications.collection.aggregate(pipeline, hint="desk")}

    async def _one(self, query: Mapping[str, Any]) -> Case[Application] | None:
        document = await self.applications.collection.find_one(query, {"outbox": 0, "seen": 0})
        return self.applications.parse(document) if document else None

    async def list_desk(
        self, wanted: Filter, *, after: tuple[datetime | None, str] | None, limit: int
    ) -> list[Case[Application]]:
        """By due time, the ones whose clock does not run yet first."""
        query = wanted.query() | ({"$or": select_past_due(*after)} if after else {})
        return await self._many(query, [("state.clock.due_at", _OLDEST_FIRST), ("_id", _OLDEST_FIRST)], limit)

    async def count_desk(self, wanted: Filter) -> int:
        """How many there are; beyond `COUNTED_MOST` nobody cares how many more."""
        return await self.applications.collection.count_documents(wanted.query(), limit=COUNTED_MOST + 1)

    async def _many(
        self, query: Mapping[str, Any], order: list[tuple[str, int]], limit: int
    ) -> list[Case[Application]]:
        cursor = self.applications.collection.find(query, LISTED).sort(order).limit(limit)
        return [self.applications.parse(document) async for document in cursor]

    async def forget(self, case: Case[Application]) -> None:
        """Remove an application that nobody can change any more: its files, then itself, so that a crash between them
        leaves it to be woken again."""
        for file_id in files_of(case.state):
            await self.files.forget_file(file_id)
        await self.applications.collection.delete_one({"_id": case.id, "v": case.version})

    async def list_signed(self, owner: str, limit: int) -> list[Case[Application]]:
        """On which letters somebody placed their scanned signature, the newest first."""
        query = {"state.decision.by.sub": owner, "state.decision.scanned": {"$gt": ""}}
        return await self._many(query, [("state.decision.at", _NEWEST_FIRST)], limit)
