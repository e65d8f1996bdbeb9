"""How many mails one mailbox gets in a day.

Anybody may give anybody's address. So a day brings a mailbox few questions whether it wants more, and not many mails
even if it does.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shared.emails import same_mailbox
from shared.kernel import now

LINKS_A_DAY = 3  # mails with all links of an address, for whoever asks for them

Kind = Literal["question", "news", "links"]


class MailCounts(Protocol):
    """Counts the mails of a day: the store."""

    async def has_room_for_mail(self, mailbox: str, mail_id: str, most: int, at: datetime) -> bool: ...


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
        return await self.counts.has_room_for_mail(mailbox, mail_id, most, now())
