"""E-mail as a way out of the house: a notice is written as a mail and handed to the town's server.

Anybody may give anybody's address. So a day brings a mailbox few questions whether it wants more, and not many mails
even if it does.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from services.notify.channels.mail import Mail, MailWriter, OwnLink
from services.notify.domain.delivery import Later, Outcome, Refused
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.letters import Letters
from shared.emails import same_mailbox
from shared.events.ids import new_id
from shared.kernel import now

FULL_WAIT = timedelta(hours=3)  # for a mailbox that had its mails of the day
LINKS_A_DAY = 3  # mails with all links of an address, for whoever asks for them

Kind = Literal["question", "news", "links"]


class MailTransport(Protocol):
    """A mail server, or one of a test."""

    @property
    def room(self) -> int: ...

    async def send(self, mail: Mail) -> Outcome: ...


class MailCounts(Protocol):
    """Counts the mails of a day: the store."""

    async def count_mail(self, mailbox: str, mail_id: str, most: int, at: datetime) -> bool: ...


@dataclass(frozen=True)
class Limit:
    """How many mails a mailbox gets in a day, and the key under which it is counted without its address."""

    counts: MailCounts
    key: str
    questions: int
    news: int

    async def allows(self, kind: Kind, mail_id: str, address: str) -> bool:
        """Counts the mail, and says whether it may go. `som+1@` and `som+2@` fill one mailbox."""
        most = {"question": self.questions, "news": self.news, "links": LINKS_A_DAY}[kind]
        local, _, domain = same_mailbox(address).rpartition("@")
        said = f"mailbox\x1f{kind}\x1f{local.partition('+')[0] or local}@{domain}".encode()
        mailbox = hmac.new(self.key.encode(), said, hashlib.sha256).hexdigest()[:32]
        return await self.counts.count_mail(mailbox, mail_id, most, now())


@dataclass(frozen=True)
class Email:
    """Writes and sends."""

    writer: MailWriter
    server: MailTransport
    limit: Limit
    letters: Letters | None = None  # none: mails lead to the page where the letter is

    @property
    def room(self) -> int:
        """What the mail server can take in good time."""
        return self.server.room

    async def send(self, notice_id: str, notice: Notice, person: Recipient | None) -> Outcome:
        """What became of it."""
        letter = await self.letters.of(notice, person) if self.letters else None
        if isinstance(letter, Later):
            return letter
        mail = self.writer.write(notice_id, notice, person, letter)
        if mail is None:
            return Refused("bad-address")
        if person is not None:
            kind: Kind = "question" if person.must_confirm else "news"
            if not await self.limit.allows(kind, notice_id, mail.recipient):
                return Refused("too-many") if person.must_confirm else Later("too-many", FULL_WAIT)
        outcome = await self.server.send(mail)
        without = letter and isinstance(outcome, Refused) and outcome.of_content  # too large, or not wanted there
        bare = self.writer.write(notice_id, notice, person) if without else None
        return await self.server.send(bare) if bare else outcome

    async def send_links(self, address: str, language: str, links: Sequence[OwnLink]) -> None:
        """The links of an address, to that address. Who gets no mail can ask again."""
        mail_id = new_id()
        mail = self.writer.write_links(mail_id, address, language, links)
        if mail is not None and await self.limit.allows("links", mail_id, mail.recipient):
            await self.server.send(mail)
