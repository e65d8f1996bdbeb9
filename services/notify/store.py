"""Files, recipients and deliveries in MongoDB: the only file of notify that knows the driver and the stored shape."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notify.domain.delivery import WAITING_FOR_CONTACT, Delivery
from services.notify.domain.file import CaseFile
from services.notify.domain.recipient import Recipient
from shared.kernel import Case, Service

_FILES = (IndexModel([("state.reference", ASCENDING)], name="reference"),)
_DELIVERIES = (
    IndexModel([("state.case_id", ASCENDING), ("_id", ASCENDING)], name="case"),
    IndexModel([("state.recipient", ASCENDING), ("state.channel", ASCENDING), ("_id", DESCENDING)], name="recipient"),
)
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

    def __init__(self, service: Service) -> None:
        self.files = service.cases("files", CaseFile, indexes=_FILES)
        self.recipients = service.cases("recipients", Recipient)
        self.deliveries = service.cases("deliveries", Delivery, wake_at=_wakes, indexes=_DELIVERIES)

    async def file_of(self, reference: str) -> Case[CaseFile] | None:
        """The file of a reference in its written form."""
        document = await self.files.collection.find_one({"state.reference": reference}, _CASE)
        return self.files.parse(document) if document else None

    async def newest(self, wanted: Wanted, most: int, before: str | None = None) -> list[Case[Delivery]]:
        """Deliveries, newest event first, that come after that id."""
        query: dict[str, object] = {
            f"state.{name}": value
            for name, value in (("case_id", wanted.case_id), ("state", wanted.state), ("channel", wanted.channel))
            if value is not None
        }
        if wanted.recipients is not None:
            # A prefix of the index; the pattern is ours, not a reader's.
            levels = [re.compile("^level:")] if wanted.levels else []
            query["state.recipient"] = {"$in": [*wanted.recipients, *levels]}
        if before is not None:
            query["_id"] = {"$lt": before}
        cursor = self.deliveries.collection.find(query, _CASE).sort("_id", DESCENDING).limit(most)
        return [self.deliveries.parse(document) async for document in cursor]

    async def waiting(self, recipient: str) -> list[str]:
        """Deliveries that wait for this recipient's contact."""
        query = {"state.recipient": recipient, "state.state": "retrying", "state.reason": WAITING_FOR_CONTACT}
        cursor = self.deliveries.collection.find(query, {"_id": 1}).limit(WAITING_MOST)
        return [document["_id"] async for document in cursor]


def _wakes(delivery: Delivery) -> datetime | None:
    return delivery.wake_at
