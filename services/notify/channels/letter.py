"""Writes a delivery as an e-mail: plain text and simple HTML, with a Message-ID that a repeat shares."""

import re
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.notify.domain.delivery import Delivery
from services.notify.domain.recipient import Recipient
from services.notify.links import Links
from services.notify.offices import mailbox
from services.notify.wording import WORDS, Worded, Wording
from shared.kernel import now
from shared.town import Town

UNSUBSCRIBE = "List-Unsubscribe"
_URL = re.compile(r"https?://[^\s<>\"]+")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+")


class _Policy(EmailPolicy):
    """Mail programs look for the address of one click as it is: it is neither folded nor encoded, however long."""

    def fold(self, name: str, value: str) -> str:
        """As text."""
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """As it goes over the wire."""
        return self.fold(name, value).encode("ascii") if name == UNSUBSCRIBE else super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n")


class Letters:
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
        self._html = env.get_template("letter.html")

    def write(self, delivery_id: str, delivery: Delivery, person: Recipient | None) -> EmailMessage | None:
        """None when the address is none that mail can be sent to."""
        office = delivery.party is None
        language = self._town.languages[0] if office else (person.speaks if person else delivery.language)
        to = mailbox(self._town, delivery) if office else (person.email if person else None)
        worded = self._wording.say(delivery, language)
        recipient = address(to)
        if worded is None or recipient is None:
            return None
        message = EmailMessage(policy=POLICY if recipient.addr_spec.isascii() else POLICY.clone(utf8=True))
        message["From"] = Address(self._town.contact.office.get(language), addr_spec=self._from)
        message["To"] = recipient
        message["Subject"] = worded.subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = f"<{delivery_id.lower()}@{self._domain}>"
        message["References"] = f"<{delivery.case_id.lower()}@{self._domain}>"  # mail programs show a case as one
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notes are not sent back
        if delivery.urgent:
            message["Importance"] = "high"
        preferences = None if delivery.party is None else self._links.preferences(delivery.case_id, delivery.party)
        if preferences:
            message[UNSUBSCRIBE] = f"<{preferences}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        self._fill(message, worded, preferences, language)
        return message

    def _fill(self, message: EmailMessage, worded: Worded, preferences: str | None, language: str) -> None:
        why = WORDS(language, "letter.why", town=self._town.name.get(language))
        change = WORDS(language, "letter.preferences")
        foot = f"\n\n-- \n{why}\n{change}: {preferences}\n" if preferences else "\n"
        message.set_content(worded.body + foot, cte="base64")
        html = self._html.render(
            subject=worded.subject, paragraphs=_paragraphs(worded.body), link=worded.link, town=self._town,
            office=self._town.contact.office.get(language), language=language, why=why, change=change,
            preferences=preferences, open=WORDS(language, "letter.open"),
        )  # fmt: skip
        message.add_alternative(html, subtype="html", cte="base64")
        message["Content-Language"] = language  # last: setting the content takes such headers away


def address(text: str | None) -> Address | None:
    """What a resident typed as an address, if it can be one: nothing that could add a header or a recipient."""
    found = _ADDRESS.fullmatch((text or "").strip())
    if found is None:
        return None
    local, _, domain = found.group().partition("@")
    try:
        # Judged in ASCII, the only letters that the library's parser lets stand before the @ (RFC 6532 lets others).
        judged = Address(addr_spec="".join(one if one.isascii() else "x" for one in local) + f"@{domain}")
        return judged if local.isascii() else Address(username=local, domain=domain)
    except (ValueError, MessageError, IndexError):
        return None


def _paragraphs(body: str) -> Sequence[Markup]:
    """Blank lines part paragraphs; addresses of pages can be tapped."""
    return [_tappable(block) for block in re.split(r"\n\s*\n", body) if block.strip()]


def _tappable(block: str) -> Markup:
    pieces: list[Markup] = []
    end = 0
    for found in _URL.finditer(block):
        pieces += [_lines(block[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        end = found.end()
    return Markup("").join([*pieces, _lines(block[end:])])


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))
