"""E-mail as a way out of the house: a notice is written as a mail, in plain text and simple HTML and with a Message-ID
that a repeat shares, and handed to the town's server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notify.channels import mime
from services.notify.channels.limit import Kind, Limit
from services.notify.channels.mime import Enclosure
from services.notify.channels.smtp import Mail
from services.notify.domain.delivery import Later, Outcome, Refused
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.drawing import draw
from services.notify.letters import Letters
from services.notify.links import Links
from services.notify.offices import mailbox
from services.notify.wording import WORDS, Worded, Wording
from shared.emails import read_email
from shared.events.ids import new_id
from shared.events.neighbours import NEIGHBOUR
from shared.kernel import now
from shared.town import Town

FULL_WAIT = timedelta(hours=3)  # for a mailbox that had its mails of the day
_REFERENCE = re.compile(r"(\b[A-Z]{1,6}-[0-9A-Z]{4}-[0-9A-Z]{4}\b)")  # read out in one piece, so never broken


@dataclass(frozen=True)
class OwnLink:
    """Where somebody finds a case of theirs."""

    reference: str
    link: str


class MailWriter:
    """The town as a sender of mail."""

    def __init__(self, town: Town, links: Links, wording: Wording, mail_from: str) -> None:
        self._town = town
        self._links = links
        self._wording = wording
        self._from = mail_from or town.contact.email or f"no-reply@{town.code}.invalid"
        self._domain = self._from.rpartition("@")[2]
        folder = FileSystemLoader(Path(__file__).parent)
        env = Environment(
            loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._html = env.get_template("mail.html")
        # The same in every mail of a language.
        self._sender = cache(lambda language: mime.mailbox(town.contact.office.get(language), self._from))

    def write(
        self, notice_id: str, notice: Notice, person: Recipient | None, enclosed: Enclosure | None = None
    ) -> Mail | None:
        """None when no mail can be sent to the address. `enclosed`: a file that goes with it."""
        office = notice.party is None
        language = self._language(notice, person)
        recipient = read_email((mailbox(self._town, notice) if office else (person.email if person else None)) or "")
        worded = self._wording.say(notice, "email", language, person)
        if worded is None or recipient is None:
            return None
        number = person.link_number if person else 0
        preferences = self._links.preferences(notice.case_id, notice.party, number) if notice.party else None
        headers = [
            *self._common(notice_id, recipient, language),
            ("Subject", mime.text(worded.subject)),
            ("References", f"<{notice.case_id.lower()}@{self._domain}>"),  # mail programs show a case as one
        ]
        if notice.answers_by_link and (back := self._answers_to(notice)):
            headers.append(("Reply-To", back))
        if notice.urgent:
            headers.append(("Importance", "high"))
        if preferences:  # as it is, however long: mail programs want the one-click address on one line
            headers.append(("List-Unsubscribe", f"<{preferences}>"))
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))  # RFC 8058
        next_door = notice.audience == NEIGHBOUR  # whose mail is the question itself
        asks = person is not None and person.must_confirm and not next_door
        if enclosed:
            worded = _with_line(worded, WORDS(language, "mail.letter"))
        why = "mail.why-neighbour" if next_door else "mail.why-asked" if asks else "mail.why"
        content = self._content(headers, worded, preferences, language, asks=asks, enclosed=enclosed, why=why)
        return Mail(self._from, recipient, content)

    def _answers_to(self, notice: Notice) -> str | None:
        """The team that watches the work or looks at the application reads what they write back."""
        team = self._town.teams.get(notice.team or self._town.triage)
        return read_email((team.email if team else None) or "")

    def _language(self, notice: Notice, person: Recipient | None) -> str:
        if notice.agency:
            agency = self._town.agencies.get(notice.agency)
            return agency.language if agency else self._town.languages[0]
        if notice.party is None:
            return self._town.languages[0]
        return person.speaks if person else notice.language

    def write_links(self, mail_id: str, address: str, language: str, links: Sequence[OwnLink]) -> Mail | None:
        """All links that lead to the cases of an address, for whoever reads mail there; None when no mail can be."""
        recipient = read_email(address)
        if recipient is None:
            return None
        cases = "\n".join(f"{one.reference}: {one.link}" for one in links)
        subject, body = WORDS(language, "links.subject"), WORDS(language, "links.body", cases=cases)
        headers = [*self._common(mail_id, recipient, language), ("Subject", mime.text(subject))]
        worded = Worded(subject, body, body, links[0].link if len(links) == 1 else "")
        return Mail(self._from, recipient, self._content(headers, worded, None, language, asks=False))

    def _common(self, mail_id: str, recipient: str, language: str) -> list[tuple[str, str]]:
        return [
            ("From", self._sender(language)),
            ("To", recipient),
            ("Date", format_datetime(now())),
            ("Message-ID", f"<{mail_id.lower()}@{self._domain}>"),
            ("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office replies to it
            ("Content-Language", language),
        ]

    def _content(
        self,
        headers: Sequence[tuple[str, str]],
        worded: Worded,
        preferences: str | None,
        language: str,
        *,
        asks: bool,
        enclosed: Enclosure | None = None,
        why: str = "mail.why",
    ) -> bytes:
        why = WORDS(language, why, town=self._town.name.get(language))
        ask = f"{WORDS(language, 'mail.ask-link', link=worded.link)}\n\n" if asks else ""
        change = WORDS(language, "mail.preferences")
        foot = f"\n\n-- \n{why}\n{change}: {preferences}\n" if preferences else "\n"
        html = self._html.render(
            subject=worded.subject,
            heading=_REFERENCE.split(worded.subject),
            paragraphs=draw(worded.letter, self._links.origin),
            ask=WORDS(language, "mail.ask") if asks else "",
            link=worded.link,
            colour=self._town.branding.primary,
            office=self._town.contact.office.get(language),
            language=language,
            why=why,
            change=change,
            preferences=preferences,
            open=WORDS(language, "mail.confirm" if asks else "mail.open"),
        )
        plain = ask + (worded.letter if asks else worded.body) + foot
        return mime.message(headers, plain=plain, html=html, enclosed=enclosed)


class MailTransport(Protocol):
    """The town's mail server, which is `MailServer` in `smtp.py`, or one of a test."""

    @property
    def room(self) -> int: ...

    async def send(self, mail: Mail) -> Outcome: ...


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
        """Write the mail and hand it to the server. `Later`: its letter is not made, or the person has had enough
        mail."""
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


def _with_line(worded: Worded, line: str) -> Worded:
    """One more paragraph, at the end of what the town's template says."""
    return replace(worded, body=f"{worded.body}\n\n{line}", letter=f"{worded.letter}\n\n{line}")
