"""A recipient: one party of one case, since when it is concerned, and how to reach it.

Contact data is here and nowhere else in notify. A follower's membership is here too, so that a case with ten thousand
followers is no larger than one with none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from services.notify.domain.file import APPLICANT, Heard
from shared.emails import same_mailbox
from shared.events.contacts import ContactRecorded
from shared.kernel import Lenient, StoredModel
from shared.words.typed import same_number

Language = Literal["th", "en"]
Reach = Literal["go", "wait", "no-contact", "no-consent", "muted", "unconfirmed"]


@dataclass(frozen=True)
class Said:
    """When a contact was left or erased, and which service says so."""

    at: datetime
    by: str


class Recipient(StoredModel):
    """Empty but for its names once erased. `muted` and `chosen` are what the person set themselves.

    `since` and `until`: a follower is told of what happens between them. The case's owner has neither: clocks of two
    services differ, and nobody may miss a word of their own case.
    """

    case_id: str
    party: str
    name: str | None = None
    email: str | None = None
    mailbox: str | None = None  # the same as addresses are compared, to find them by
    phone: str | None = None
    dialled: str | None = None  # the same as numbers are compared, to find them by
    line_id: str | None = None
    language: Annotated[Language, Lenient] = "th"
    consent: bool = True
    confirmed: bool = False  # whoever reads the mail that is sent there said that they want to be told
    recorded: bool = False
    erased: bool = False
    muted: bool = False
    chosen: Annotated[Language, Lenient] | None = None
    since: datetime | None = None
    came: Heard | None = None  # the event by which a follower began to be one: theirs alone, so it is in no file
    until: datetime | None = None
    link_number: int = 0  # how often the link of their own was renewed
    took_over_at: datetime | None = None  # since when the case is theirs, if it was somebody else's before
    first_link: int = 0  # the number of the first link that was theirs: older ones are of the holder before
    said_at: datetime | None = None  # when the newest word of this contact was said
    said_by: str | None = None

    @property
    def speaks(self) -> Language:
        """The language to write to them in."""
        return self.chosen or self.language

    def outdates(self, number: int) -> bool:
        """Whether a link that was made at this number has been replaced."""
        return number < self.link_number

    def follows(self, at: datetime) -> bool:
        """Whether a follower is concerned by what happened then."""
        return self.since is not None and self.since <= at and (self.until is None or at < self.until)

    def theirs(self, at: datetime) -> bool:
        """Whether what happened then is theirs to read: not what somebody else was told who held the case before."""
        return self.took_over_at is None or at >= self.took_over_at

    @property
    def must_confirm(self) -> bool:
        """Anybody may have typed this address: mail goes there only to ask whether its owner wants more.

        An applicant is owed the notices of the proceeding, whoever opens them.
        """
        return self.party != APPLICANT and not self.confirmed

    @property
    def told_by_mail(self) -> Literal["none", "no-mail", "off", "unconfirmed", "on"]:
        """Whether mail about the case goes to them, and if not, why."""
        if self.erased:
            return "none"
        if self.recorded and not self.email:
            return "no-mail"
        if self.muted or not self.agreed:
            return "off"
        if not self.recorded:
            return "none"
        return "unconfirmed" if self.must_confirm else "on"

    @property
    def agreed(self) -> bool:
        """To be told. An applicant is owed the notices of the proceeding."""
        return self.consent or self.party == APPLICANT

    def address(self, channel: str) -> str | None:
        """Where this channel reaches them; None where they left no such address."""
        return {"email": self.email, "sms": self.phone, "line": self.line_id}.get(channel)


def outdated(person: Recipient | None, said: Said) -> bool:
    """Whether another service has said something later. Within one service the sequence tells; between two only the
    times can, for each counts for itself."""
    if person is None or person.said_at is None or person.said_by == said.by:
        return False
    return said.at < person.said_at


def record(before: Recipient | None, event: ContactRecorded, said: Said) -> Recipient:
    """The contact as it is now; what the person set stays. Another address is to be confirmed anew."""
    person = before or Recipient(case_id=event.case_id, party=event.party)
    if event.took_over_at:
        person = _somebody_else(person, event.took_over_at)
    confirmed = event.confirmed or (person.confirmed and person.email == event.email)
    contact = event.model_dump(include={"name", "email", "phone", "line_id", "language", "consent"})
    known = {
        "mailbox": same_mailbox(event.email) if event.email else None,
        "dialled": same_number(event.phone) or None,
        "confirmed": confirmed,
        "recorded": True,
        "erased": False,
        "said_at": said.at,
        "said_by": said.by,
    }
    return person.model_copy(update={**contact, **known})


def renew_link(before: Recipient | None, case_id: str, party: str, number: int) -> Recipient | None:
    """Their links are made with this number from now on. None: a later one is known."""
    person = before or Recipient(case_id=case_id, party=party)
    return None if number <= person.link_number else person.model_copy(update={"link_number": number})


def take_over(before: Recipient | None, case_id: str, party: str, number: int, at: datetime) -> Recipient | None:
    """Somebody else holds the case since then, by links from that number on. None: it is known.

    Their contact may have come before this, or is still to come: what is told to them waits for it till then.
    """
    person = before or Recipient(case_id=case_id, party=party)
    if person.took_over_at and person.took_over_at >= at and number <= person.first_link:
        return None
    heir = _somebody_else(person, at)
    # Anything set by now was set by a link of the one before: no other was ever sent.
    links = {"link_number": max(number, person.link_number), "first_link": max(number, person.first_link)}
    return heir.model_copy(update={**links, "muted": False, "chosen": None})


def _somebody_else(person: Recipient, at: datetime) -> Recipient:
    """Whoever holds the case since then: nothing of the one before is left, and no word of earlier counts."""
    if person.took_over_at and person.took_over_at >= at:
        return person
    return Recipient(
        case_id=person.case_id,
        party=person.party,
        link_number=person.link_number,
        first_link=person.first_link,
        took_over_at=at,
        said_at=at,
    )


def follow(before: Recipient | None, case_id: str, party: str, heard: Heard) -> Recipient | None:
    """They are told from then on, and of that. None: it is known.

    Whoever left before their coming was heard of stays gone; whoever comes back has a new code.
    """
    person = before or Recipient(case_id=case_id, party=party)
    return None if person.since else person.model_copy(update={"since": heard.at, "came": heard})


def erase(before: Recipient | None, case_id: str, party: str, said: Said) -> Recipient:
    """Nothing that leads to the person is left, not even what only a newer release knows of them; so it is built anew.

    That they did not want to be told stays, and a follower follows no more.
    """
    kept = before or Recipient(case_id=case_id, party=party)
    return Recipient(
        case_id=case_id,
        party=party,
        erased=True,
        muted=kept.muted,
        since=kept.since,
        until=kept.until or said.at,
        link_number=kept.link_number,
        took_over_at=kept.took_over_at,
        first_link=kept.first_link,
        said_at=said.at,
        said_by=said.by,
    )


def prefer(
    before: Recipient | None, case_id: str, party: str, *, muted: bool | None = None, language: Language | None = None
) -> Recipient:
    """What the person sets on the page of their preferences; also before any contact was heard.

    Whoever asks for mail agrees to it, whatever the form said that the address came by.
    """
    person = before or Recipient(case_id=case_id, party=party)
    changes = {
        "muted": person.muted if muted is None else muted,
        "consent": person.consent or muted is False,
        "chosen": language or person.chosen,
    }
    return person.model_copy(update=changes)


def confirm(before: Recipient | None) -> Recipient | None:
    """The owner of the address wants to be told. None: there is no address to confirm, or it is confirmed."""
    if before is None or before.erased or before.confirmed:
        return None
    return before.model_copy(update={"confirmed": True, "consent": True, "muted": False})


def reach(person: Recipient | None, channel: str, *, announced: bool, asking: bool) -> Reach:
    """Whether this channel may and can be used now; `wait`: a contact was promised and is on its way.

    `asking`: the message asks whether more are wanted, and may go to an address that nobody has confirmed.
    """
    if person is not None and person.muted:
        return "muted"
    if person is None or not (person.recorded or person.erased):
        return "wait" if announced else "no-contact"
    if not person.address(channel):
        return "no-contact"
    if not person.agreed:
        return "no-consent"
    return "unconfirmed" if channel == "email" and person.must_confirm and not asking else "go"
