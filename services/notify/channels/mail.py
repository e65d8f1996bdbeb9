"""Writes a notice as an e-mail: plain text and simple HTML, with a Message-ID that a repeat shares."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.notify.channels import mime
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.links import Links
from services.notify.offices import mailbox
from services.notify.wording import WORDS, Worded, Wording
from shared.emails import read_email
from shared.kernel import now
from shared.town import Town

_BLANK_LINES = re.compile(r"\n\s*\n")
_URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mail:
    """One message as the mail server is given it."""

    sender: str
    recipient: str
    content: bytes


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

    def write(self, notice_id: str, notice: Notice, person: Recipient | None) -> Mail | None:
        """None when no mail can be sent to the address."""
        office = notice.party is None
        language = self._town.languages[0] if office else (person.speaks if person else notice.language)
        recipient = read_email((mailbox(self._town, notice) if office else (person.email if person else None)) or "")
        worded = self._wording.say(notice, "email", language)
        if worded is None or recipient is None:
            return None
        preferences = None if notice.party is None else self._links.preferences(notice.case_id, notice.party)
        headers = [
            ("From", self._sender(language)),
            ("To", recipient),
            ("Subject", mime.text(worded.subject)),
            ("Date", format_datetime(now())),
            ("Message-ID", f"<{notice_id.lower()}@{self._domain}>"),
            ("References", f"<{notice.case_id.lower()}@{self._domain}>"),  # mail programs show a case as one
            ("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office replies to it
            ("Content-Language", language),
        ]
        if notice.urgent:
            headers.append(("Importance", "high"))
        if preferences:  # as it is, however long: mail programs want the one-click address on one line
            headers.append(("List-Unsubscribe", f"<{preferences}>"))
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))  # RFC 8058
        return Mail(self._from, recipient, self._content(headers, worded, preferences, language))

    def _content(
        self, headers: Sequence[tuple[str, str]], worded: Worded, preferences: str | None, language: str
    ) -> bytes:
        why = WORDS(language, "mail.why", town=self._town.name.get(language))
        change = WORDS(language, "mail.preferences")
        foot = f"\n\n-- \n{why}\n{change}: {preferences}\n" if preferences else "\n"
        html = self._html.render(
            subject=worded.subject,
            paragraphs=_paragraphs(worded.body),
            link=worded.link,
            colour=self._town.branding.primary,
            office=self._town.contact.office.get(language),
            language=language,
            why=why,
            change=change,
            preferences=preferences,
            open=WORDS(language, "mail.open"),
        )
        return mime.message(headers, plain=worded.body + foot, html=html)


def _paragraphs(body: str) -> Sequence[Markup]:
    """Blank lines part paragraphs; addresses of pages can be tapped."""
    return [_tappable(block) for block in _BLANK_LINES.split(body) if block.strip()]


def _tappable(block: str) -> Markup:
    pieces: list[str] = []
    end = 0
    for found in _URL.finditer(block):
        url = escape(found.group())
        pieces += [_lines(block[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    return Markup("".join([*pieces, _lines(block[end:])]))  # noqa: S704 - each piece is escaped


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>\n")
