"""Files, recipients and notices in MongoDB: the only file of notify that knows the driver and the stored shape."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notify.absence_store import AbsenceStore
from services.notify.counts_store import FORGOTTEN, LOOK_UPS, MAILS, Counted, Counts
from services.notify.domain import file as files
from services.notify.domain import moments
from services.notify.domain.delivery import WAITING_FOR_CONTACT, Delivery
from services.notify.domain.file import APPLICANT, FOLLOWER, CaseFile, Heard
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.queries import LEVELS, NOTHING, Filter, begins_with
from shared.emails import same_mailbox
from shared.events.contacts import contact_key
from shared.events.notices import NoticeChannel
from shared.kernel import Case, StoredModel
from shared.kernel.gather import Gather
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service
from shared.readers import Openness, least_open
from shared.words.typed import same_number

S = TypeVar("S", bound=StoredModel)


_MERGED = {"state.into": {"$type": "string"}}
_FILES = (
    IndexModel([("state.reference", ASCENDING)], name="reference"),
    IndexModel([("state.into", ASCENDING), ("_id", ASCENDING)], name="into", partialFilterExpression=_MERGED),
)
_WAITING = {"state.deliveries.reason": WAITING_FOR_CONTACT}
_NOTICES = (
    IndexModel([("state.case_id", ASCENDING), ("_id", ASCENDING)], name="case"),
    IndexModel([("state.recipient", ASCENDING), ("_id", DESCENDING)], name="recipient"),
    IndexModel([("state.recipient", ASCENDING)], name="waiting", partialFilterExpression=_WAITING),
    IndexModel([("state.team", ASCENDING), ("_id", DESCENDING)], name="team"),
    IndexModel(
        [("state.deliveries.state", ASCENDING), ("state.deliveries.channel", ASCENDING), ("_id", DESCENDING)],
        name="state",
    ),
    IndexModel(
        [("state.audience", ASCENDING), ("_id", DESCENDING)],
        name="levels",
        partialFilterExpression={"state.recipient": LEVELS},
    ),
)
_RECIPIENTS = (
    IndexModel(
        [("state.mailbox", ASCENDING), ("_id", DESCENDING)],
        name="mailbox",
        partialFilterExpression={"state.mailbox": {"$type": "string"}},
    ),
    IndexModel(
        [("state.dialled", ASCENDING), ("_id", DESCENDING)],
        name="dialled",
        partialFilterExpression={"state.dialled": {"$type": "string"}},
    ),
)
_CASE = {"outbox": 0, "seen": 0, "heard": 0}
UNDELIVERED = ("queued", "retrying")  # states in which a delivery waits for its provider, or for a contact
WAITING_MOST = 2000
COUNTED_MOST = 10_000  # of a backlog: that it is large is all that anybody needs to know
MERGES_DEEP = 50  # as intake follows them


class Store:
    """Three kinds of cases. A file's id is its report's or application's, a recipient's is `<case>:<party>`.

    `Service.cases` makes each: their `step` is that of `Cases`, in `shared/kernel/cases.py`.
    """

    def __init__(self, service: Service) -> None:
        beside = {"heard": files.HEARD_MOST}
        self.files = service.cases(
            "files", CaseFile, moments=files.moments, kinds=files.KINDS, beside=beside, indexes=_FILES
        )
        self.recipients = service.cases("recipients", Recipient, indexes=_RECIPIENTS)
        service.indexes(MAILS, *FORGOTTEN)
        service.indexes(LOOK_UPS, *FORGOTTEN)
        self.notices = service.cases("notices", Notice, moments=moments.moments, kinds=moments.KINDS, indexes=_NOTICES)
        self._mails, self._look_ups = Counts(service.database[MAILS]), Counts(service.database[LOOK_UPS])
        self.absences = AbsenceStore(service)
        self.trail = service.trail
        self.waiting = Gather(self._list_waiting)

    async def find_person(self, case_id: str, party: str) -> Recipient | None:
        """What is known of one party of a case."""
        found = await self.recipients.get(contact_key(case_id, party))
        return found.state if found else None

    async def find_by_reference(self, reference: str) -> Case[CaseFile] | None:
        """The file of a reference in its written form."""
        document = await self.files.collection.find_one({"state.reference": reference}, _CASE)
        return self.files.parse(document) if document else None

    async def openness_now(self, case_id: str, *, of_survivor: bool) -> Openness:
        """How much of the case others may know by now, or of the report that it was merged into in the end."""
        file = await self.files.get(case_id)
        degrees = [] if of_survivor else [_read_openness(file)]
        while of_survivor and file and file.state.into and len(degrees) < MERGES_DEEP:
            file = await self.files.get(file.state.into)
            degrees.append(_read_openness(file))
        return least_open(*degrees)

    async def read_older(self, case_id: str, file: CaseFile) -> Sequence[Heard]:
        """What the file heard and no longer holds itself."""
        return await self.files.older(case_id, "heard") if file.full else ()

    async def list_followers(self, case_id: str, after: str, most: int) -> list[Case[Recipient]]:
        """A page of those who follow a case or did, behind `after`."""
        query = {"_id": {**begins_with(contact_key(case_id, FOLLOWER)), "$gt": after}}
        return await _find_some(self.recipients, query, ASCENDING, most)

    async def list_reached_at(self, address: str, most: int) -> list[Case[Recipient]]:
        """Whoever left this address, in whatever capitals; the newest first, and behind all others those who must
        confirm it: whoever types it into reports of theirs pushes nobody out."""
        here, known = (
            {"state.mailbox": is_named(same_mailbox(address))},
            [{"state.confirmed": True}, {"state.party": APPLICANT}],
        )
        found: list[Case[Recipient]] = []
        for who in ("$or", "$nor"):
            if room := most - len(found):  # no limit at all is what the database calls 0
                found += await _find_some(self.recipients, {**here, who: known}, DESCENDING, room)
        return found

    async def list_reached_by(
        self, phone: str | None, email: str | None, party: str, most: int
    ) -> list[Case[Recipient]]:
        """Whoever left that telephone number or that address as this party of a case, however it was written; the
        newest first."""
        ways = {"state.dialled": same_number(phone), "state.mailbox": same_mailbox(email) if email else ""}
        wanted = [{name: is_named(value)} for name, value in ways.items() if value]
        return await _find_some(
            self.recipients, {"$or": wanted, "state.party": party} if wanted else NOTHING, DESCENDING, most
        )

    async def has_room_for_mail(self, mailbox: str, mail_id: str, most: int, at: datetime) -> bool:
        """Whether this mail may go there: at most so many a day do. One that is sent again counts once."""
        return await self._mails.has_room(Counted(f"{at:%Y-%m-%d} {mailbox}", mail_id, most, at))

    async def has_room_for_look_up(self, sub: str, look: str, most: int, at: datetime) -> bool:
        """Whether somebody may look up one contact more in this hour of the clock; the same look counts once."""
        return await self._look_ups.has_room(Counted(f"{at:%Y-%m-%dT%H} {sub}", look, most, at))

    async def list_merged_into(self, case_id: str, after: str, most: int) -> list[Case[CaseFile]]:
        """A page of the reports that were merged into this one, behind `after`."""
        return await _find_some(self.files, {"state.into": is_named(case_id), "_id": {"$gt": after}}, ASCENDING, most)

    async def list_newest(self, wanted: Filter, most: int, before: str | None = None) -> list[Case[Notice]]:
        """Notices, newest event first, that come after that id."""
        return await _find_some(self.notices, wanted.query(before), DESCENDING, most)

    async def find_oldest_undelivered(self, channel: NoticeChannel, since: datetime | None = None) -> Delivery | None:
        """The delivery that has waited longest for its provider (not for a contact), of those owed after `since`."""
        owed = {"created_at": {"$gt": since}} if since else {}
        query = {"state.deliveries": {"$elemMatch": {**_waits(channel), **owed}}}
        document = await self.notices.collection.find_one(query, _CASE, sort=[("_id", ASCENDING)], hint="state")
        return self.notices.parse(document).state.delivery_on(channel) if document else None

    async def count_undelivered(self, channel: NoticeChannel) -> int:
        """How many deliveries wait for their provider, up to `COUNTED_MOST`."""
        query = {"state.deliveries": {"$elemMatch": _waits(channel)}}
        return await self.notices.collection.count_documents(query, hint="state", limit=COUNTED_MOST)

    async def find_last_sent(self, channel: NoticeChannel) -> datetime | None:
        """When the newest notice that left by this channel did."""
        query = {"state.deliveries": {"$elemMatch": {"channel": channel, "state": "sent"}}}
        document = await self.notices.collection.find_one(query, _CASE, sort=[("_id", DESCENDING)], hint="state")
        sent = self.notices.parse(document).state.delivery_on(channel) if document else None
        return sent.changed_at if sent else None

    async def _list_waiting(self, recipients: Sequence[str]) -> Sequence[list[str]]:
        """For each recipient the notices that wait for their contact."""
        query = {"state.recipient": {"$in": list(set(recipients))}, **_WAITING}
        found: dict[str, list[str]] = {}
        cursor = self.notices.collection.find(query, {"state.recipient": 1}, hint="waiting").limit(WAITING_MOST)
        async for document in cursor:
            found.setdefault(document["state"]["recipient"], []).append(document["_id"])
        return [found.get(recipient, []) for recipient in recipients]


async def _find_some(cases: MongoCases[S], query: Mapping[str, Any], order: int, most: int) -> list[Case[S]]:
    """At most so many, by their ids."""
    cursor = cases.collection.find(query, _CASE).sort("_id", order).limit(most)
    return [cases.parse(document) async for document in cursor]


def is_named(value: str) -> dict[str, Any]:
    """That value, asked for as the partial indexes over it want it: without the type the database reads all cases."""
    return {"$eq": value, "$type": "string"}


def _waits(channel: NoticeChannel) -> dict[str, Any]:
    """A delivery that waits for its provider, not for a contact."""
    return {"channel": channel, "state": {"$in": UNDELIVERED}, "reason": {"$ne": WAITING_FOR_CONTACT}}


def _read_openness(file: Case[CaseFile] | None) -> str:
    """Of what nothing is known nothing is told."""
    return file.state.openness if file else "hidden"
