"""E-mail as a way out of the house: a notice is written as a mail and handed to the town's server."""

from dataclasses import dataclass
from typing import Protocol

from services.notify.channels.mail import Mail, MailWriter
from services.notify.domain.delivery import Outcome, Refused
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient


class MailTransport(Protocol):
    """A mail server, or one of a test."""

    @property
    def room(self) -> int: ...

    async def send(self, mail: Mail) -> Outcome: ...


@dataclass(frozen=True)
class Email:
    """Writes and sends."""

    writer: MailWriter
    server: MailTransport

    @property
    def room(self) -> int:
        """What the mail server can take in good time."""
        return self.server.room

    async def send(self, notice_id: str, notice: Notice, person: Recipient | None) -> Outcome:
        """What became of it."""
        mail = self.writer.write(notice_id, notice, person)
        return await self.server.send(mail) if mail else Refused("bad-address")
