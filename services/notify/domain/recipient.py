"""A recipient: one party of one case and how to reach it. Contact data is here and nowhere else in notify."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notify.domain.file import APPLICANT
from services.notify.domain.record import Record
from shared.events import ContactRecorded
from shared.events.notices import NoticeChannel
from shared.kernel import Erase, Step

Reach = Literal["go", "wait", "no-contact", "no-consent", "muted"]


@dataclass(frozen=True)
class Said:
    """When a contact was left or erased, and which service says so."""

    at: datetime
    by: str


class Recipient(Record):
    """Empty but for its names once erased. `muted` and `chosen` are what the person set themselves."""

    case_id: str
    party: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    line_id: str | None = None
    language: Literal["th", "en"] = "th"
    consent: bool = True
    recorded: bool = False
    erased: bool = False
    muted: bool = False
    chosen: Literal["th", "en"] | None = None
    said_at: datetime | None = None  # the word that this is known by
    said_by: str | None = None

    @property
    def speaks(self) -> Literal["th", "en"]:
        """The language to write to them in."""
        return self.chosen or self.language

    def address(self, channel: NoticeChannel) -> str | None:
        """Where this channel reaches them."""
        return {"email": self.email, "sms": self.phone, "line": self.line_id}.get(channel)


def outdated(person: Recipient | None, said: Said) -> bool:
    """Whether another service has said something later. A service's own words have their sequence for that; between
    two of them only the times can tell, for each counts for itself."""
    if person is None or person.said_at is None or person.said_by == said.by:
        return False
    return said.at < person.said_at


def record(before: Recipient | None, event: ContactRecorded, said: Said) -> Recipient:
    """The contact as it is now; what the person set stays."""
    return Recipient(
        case_id=event.case_id, party=event.party, name=event.name, email=event.email, phone=event.phone,
        line_id=event.line_id, language=event.language, consent=event.consent, recorded=True,
        muted=before.muted if before else False, chosen=before.chosen if before else None,
        said_at=said.at, said_by=said.by,
    )  # fmt: skip


def erase(before: Recipient | None, case_id: str, party: str, said: Said) -> Recipient:
    """Nothing that leads to the person is left; that they did not want to be told stays."""
    muted = before.muted if before else False
    return Recipient(case_id=case_id, party=party, erased=True, muted=muted, said_at=said.at, said_by=said.by)


def erase_at_once(before: Recipient | None, case_id: str, party: str, said: Said) -> Step[Recipient]:
    """As the person asks here: with the tombstone that takes the contact from its topic too."""
    return Step(erase(before, case_id, party, said), contacts=[Erase(party)])


def prefer(
    before: Recipient | None, case_id: str, party: str, *, muted: bool | None = None,
    language: Literal["th", "en"] | None = None,
) -> Recipient:  # fmt: skip
    """What the person sets on the page of their preferences; also before any contact was heard."""
    person = before or Recipient(case_id=case_id, party=party)
    changes = {"muted": person.muted if muted is None else muted, "chosen": language or person.chosen}
    return person.model_copy(update=changes)


def reach(person: Recipient | None, channel: NoticeChannel, *, announced: bool) -> Reach:
    """Whether this channel may and can be used now; `wait`: a contact was promised and is on its way."""
    if person is not None and person.muted:
        return "muted"
    if person is None or not (person.recorded or person.erased):
        return "wait" if announced else "no-contact"
    if not (person.consent or person.party == APPLICANT):  # who is owed the notices of a proceeding need not agree
        return "no-consent"
    return "go" if person.address(channel) else "no-contact"
