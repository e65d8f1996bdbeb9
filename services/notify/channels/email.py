"""E-mail as a way out of the house: a delivery is written as a mail and handed to the town's server."""

from dataclasses import dataclass
from typing import Protocol

from services.notify.channels.mail import Mail, MailWriter
from services.notify.domain.delivery import Delivery, Outcome, Refused
from services.notify.domain.recipient import Recipient


class Takes(Protocol):
    """A mail server, or one of a test."""

    async def send(self, mail: Mail) -> Outcome: ...


@dataclass(frozen=True)
class Email:
    """Writes and sends."""

    writer: MailWriter
    server: Takes

    async def send(self, delivery_id: str, delivery: Delivery, person: Recipient | None) -> Outcome:
        """What became of it."""
        mail = self.writer.write(delivery_id, delivery, person)
        return await self.server.send(mail) if mail else Refused("bad-address")
