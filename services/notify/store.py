"""Files, recipients and deliveries in MongoDB: the only file of notify that knows the driver and the stored shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notify.domain.delivery import WAITING_FOR_CONTACT, Delivery, State
from services.notify.domain.file import CaseFile
from services.notify.domain.recipient import Recipient
from shared.events.notices import NoticeChannel
from shared.kernel import Case, Moment
from shared.kernel.service import Service
from shared.town import Town

_FILES = (IndexModel([("state.reference", ASCENDING)], name="reference"),)
_LEVELS = {"$gte": "level:", "$lt": "level;"}  # what begins with `level:`, as the partial index can be told
_DELIVERIES = (
    IndexModel([("state.case_id", ASCENDING), ("_id", ASCENDING)], name="case"),
    IndexModel([("state.recipient", ASCENDING), ("state.channel", ASCENDING), ("_id", DESCENDING)], name="recipient"),
    IndexModel([("state.state", ASCENDING), ("state.channel", ASCENDING), ("_id", DESCENDING)], name="state"),
    IndexModel([("state.channel", ASCENDING), ("_id", DESCENDING)], name="levels",
               partialFilterExpression={"state.recipient": _LEVELS}),
)  # fmt: skip
_CASE = {"outbox": 0, "seen": 0, "heard": 0}
WAITING_MOST = 2000


@dataclass(frozen=True)
class Wanted:
    """Which deliveries; None: any."""

    case_id: str | None = None
    state: str | None = None
    channel: str | None = None
    recipients: Sequence[str] | None = None
    levels: bool = False  # also what was told to any level above the teams


class Store:
    """Three kinds of cases. A file's id is its report's or application's, a recipient's is `<case>:<party>`."""

    def __init__(self, service: Service, town: Town) -> None:
        self.files = service.cases("files", CaseFile, indexes=_FILES)
        self.recipients = service.cases("recipients", Recipient)
        self.deliveries = service.cases(
            "deliveries", Delivery, moments=_moments, indexes=_DELIVERIES,
            shown=lambda delivery: town.shows(delivery.data.get("category")),
        )  # fmt: skip

    async def file_of(self, reference: str) -> Case[CaseFile] | None:
        """The file of a reference in its written form."""
        document = await self.files.collection.find_one({"state.reference": reference}, _CASE)
        return self.files.parse(document) if document else None

    async def newest(self, wanted: Wanted, most: int, before: str | None = None) -> list[Case[Delivery]]:
        """Deliveries, newest event first, that come after that id."""
        cursor = self.deliveries.collection.find(_query(wanted, before), _CASE).sort("_id", DESCENDING).limit(most)
        return [self.deliveries.parse(document) async for document in cursor]

    async def waiting(self, recipient: str) -> list[str]:
        """Deliveries that wait for this recipient's contact."""
        query = {"state.recipient": recipient, "state.state": "retrying", "state.reason": WAITING_FOR_CONTACT}
        cursor = self.deliveries.collection.find(query, {"_id": 1}).limit(WAITING_MOST)
        return [document["_id"] async for document in cursor]


def _query(wanted: Wanted, before: str | None) -> dict[str, Any]:
    """What is left open is named in full: only then does an index give the order, and nothing is read to be sorted."""
    query: dict[str, Any] = {} if before is None else {"_id": {"$lt": before}}
    if wanted.case_id is not None:
        query["state.case_id"] = wanted.case_id
    if wanted.channel or wanted.state or wanted.recipients is not None:
        query["state.channel"] = wanted.channel or {"$in": get_args(NoticeChannel)}
    if wanted.state or (wanted.channel and wanted.recipients is None):
        query["state.state"] = wanted.state or {"$in": get_args(State)}
    if wanted.recipients is None:
        return query
    ways: list[dict[str, Any]] = [{"$in": list(wanted.recipients)}] if wanted.recipients else []
    ways += [_LEVELS] if wanted.levels else []
    return {"$or": [{**query, "state.recipient": way} for way in ways or [{"$in": []}]]}


def _moments(delivery: Delivery) -> list[Moment]:
    return [Moment("send", delivery.wake_at)] if delivery.wake_at else []
