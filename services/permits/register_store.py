"""The register of permits in MongoDB: its list, what its map shows, and applications by the people in them."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import ExecutionTimeout

from services.permits.codes import Sought
from services.permits.domain.application import Application
from services.permits.domain.search_keys import SPELLING
from services.permits.queries import LISTED, TEXT, is_sought
from shared.kernel import Case, Reject, Transient
from shared.people import PermitTeams

Document = dict[str, Any]
_APPROVED: Document = {"state.decision.decision": "approved"}
HANDED_IN: Document = {"state.submitted_at": {"$type": "date"}}
# A name's beginning that half the town has, with a second word that nobody has, would read every one of them.
SEARCH_MS = 2000
COMMON = 10_000  # so many whose names begin so are too many to read; with fewer it is the database that is slow
_NEWEST_FIRST = [("state.decision.at", DESCENDING), ("_id", DESCENDING)]
_FILTERS: Mapping[str, tuple[str, ...]] = {
    "register": (),
    "register-type": ("state.type",),
    "register-zone": ("state.zone",),
    "register-zone-type": ("state.zone", "state.type"),
    "register-standing": ("state.standing",),
}
INDEXES = (
    # One for each way to narrow it: what is rare among a million permits is found without reading the others.
    *(
        IndexModel(
            [*((path, ASCENDING) for path in paths), *_NEWEST_FIRST], name=name, partialFilterExpression=_APPROVED
        )
        for name, paths in _FILTERS.items()
    ),
    IndexModel([("state.plot_keys", ASCENDING)], name="plots", partialFilterExpression={"state.plot_keys": TEXT}),
    IndexModel(
        [("state.person_keys", ASCENDING), ("state.pin.team", ASCENDING)],
        name="people",
        partialFilterExpression={"state.person_keys": TEXT},
    ),
    IndexModel([("state.keyed", ASCENDING)], name="unkeyed", partialFilterExpression=HANDED_IN),
)
_ON_MAP = ("type", "zone", "standing", "decision.at", "decision.number", "decision.verify_code")


@dataclass(frozen=True)
class Registered:
    """Which permits of the register. `zones`: of one of these villages; `since` and `until`: decided from then on, and
    before."""

    permit_type: str | None = None
    zone: str | None = None
    standing: str | None = None
    sought: Sought | None = None
    since: datetime | None = None
    until: datetime | None = None
    zones: Sequence[str] | None = None

    def query(self, after: tuple[datetime, str] | None = None) -> Document:
        """Everything that is given must hold; `after`: what follows that place in the list."""
        named = {"state.type": self.permit_type, "state.zone": self.zone, "state.standing": self.standing}
        query: Document = _APPROVED | {path: value for path, value in named.items() if value}
        if self.zones is not None:
            query["state.zone"] = {"$in": list(self.zones)}
        period = {"$gte": self.since, "$lt": self.until, "$lte": after[0] if after else None}
        if given := {name: value for name, value in period.items() if value is not None}:
            query["state.decision.at"] = given
        parts: list[Document] = [{"$or": is_sought(self.sought)}] if self.sought else []
        if after:
            at, case_id = after
            parts.append({"$or": [{"state.decision.at": {"$lt": at}}, {"_id": {"$lt": case_id}}]})
        return query | ({"$and": parts} if parts else {})


class RegisterStore:
    """Reads alone: permits are written as the cases that they are."""

    def __init__(
        self, cases: AsyncIOMotorCollection[Document], parse: Callable[[Mapping[str, Any]], Case[Application]]
    ) -> None:
        self._cases, self._parse = cases, parse

    async def list_permits(
        self, wanted: Registered, *, after: tuple[datetime, str] | None, limit: int
    ) -> list[Case[Application]]:
        """A page of the approved permits that were asked for, the newest first, after the one with that time and id."""
        cursor = self._cases.find(wanted.query(after), LISTED).sort(_NEWEST_FIRST).limit(limit)
        return [self._parse(document) async for document in cursor]

    async def list_places(self, wanted: Registered, limit: int) -> Sequence[Document]:
        """What a map says of each, and no more of it: the newest first."""
        fields = {f"state.{name}": 1 for name in _ON_MAP}
        cursor = self._cases.find(wanted.query(), fields).sort(_NEWEST_FIRST).limit(limit)
        return [document["state"] async for document in cursor]

    async def find_people(self, keys: Sequence[str], teams: PermitTeams, limit: int) -> list[Case[Application]]:
        """Applications that were handed in, of whoever has a name with these beginnings, or that telephone number; in
        the order of the names, for any other would read all that are alike."""
        query = of_people(keys, teams)
        cursor = self._cases.find(query, LISTED).hint("people").limit(limit).max_time_ms(SEARCH_MS)
        try:
            return [self._parse(document) async for document in cursor]
        except ExecutionTimeout as error:
            if await self._is_common(query):
                raise Reject("person-too-common", "too many names begin so: say more of it", status=422) from error
            raise Transient(f"looking for people took the database more than {SEARCH_MS} ms") from error

    async def _is_common(self, query: Document) -> bool:
        """Whether the longest word alone is begun by so many names: told by the index, and no application is read."""
        begun = {"state.person_keys": query["state.person_keys"]}
        with suppress(ExecutionTimeout):
            found = await self._cases.count_documents(begun, hint="people", limit=COMMON, maxTimeMS=SEARCH_MS)
            return found == COMMON
        return False

    async def list_unkeyed(self) -> AsyncIterator[str]:
        """Applications that were handed in and have no keys, or keys in a spelling of before."""
        before = {"$in": [None, *range(SPELLING)]}  # None: a release before there were any
        async for document in self._cases.find({**HANDED_IN, "state.keyed": before}, {"_id": 1}).hint("unkeyed"):
            yield document["_id"]


def of_people(keys: Sequence[str], teams: PermitTeams) -> Document:
    """Each key begins a word of theirs; the longest, which the fewest have, is the one that the index is asked for."""
    first, *others = sorted(keys, key=len, reverse=True)
    query: Document = {"state.person_keys": {"$regex": f"^{re.escape(first)}", **TEXT}}
    if teams is not None:
        query["state.pin.team"] = {"$in": list(teams)}
    if others:
        query["$and"] = [{"state.person_keys": {"$regex": f"^{re.escape(one)}"}} for one in others]
    return query
