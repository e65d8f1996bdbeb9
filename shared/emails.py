"""E-mail addresses that people type: one reading of them for every door and for the mailer behind it.

An address is taken only if mail can be sent to it; one that is taken and never mailed is worse than a refusal.
"""

import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

LONGEST = 320  # letters: 64 before the @, 255 behind it
_SCHEME = "mailto:"
# Copied along with an address out of a sentence or a list; a dot before it is a slip, and whose address it is unknown.
_BEFORE, _BEHIND = ' \t\r\n,;:"([', " \t\r\n,;.:'\")]"


def read_email(typed: str) -> str | None:
    """The address somebody typed (`<som@example.com>`, `mailto:…`, with a comma behind); None when it can be none.

    Letters of any language are taken (RFC 6531). The domain comes back in small letters, what stands before the @ as it
    is. Nothing that is taken can add a header, a command or a second recipient to a mail.
    """
    if len(typed) > LONGEST:
        return None
    text = _bare("".join(one for one in unicodedata.normalize("NFKC", typed) if unicodedata.category(one) != "Cf"))
    if text.endswith(">") and "<" in text:
        text = _bare(text[text.rindex("<") + 1 : -1])
    if text.lower().startswith(_SCHEME):
        text = _bare(text[len(_SCHEME) :].partition("?")[0])
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        return None


def _bare(text: str) -> str:
    return text.lstrip(_BEFORE).rstrip(_BEHIND)


def same_mailbox(address: str) -> str:
    """The address as it is compared, letter for letter: nearly every server takes capitals for small letters.

    Two that are alike here may still be two mailboxes: mail goes to the address that somebody left, never to its like.
    """
    return unicodedata.normalize("NFKC", address.casefold())


def _need_email(typed: str) -> str:
    read = read_email(typed)
    if read is None:
        raise PydanticCustomError("not_an_email", "this is no e-mail address")
    return read


Email = Annotated[str, AfterValidator(_need_email)]
"""An address as `read_email` reads it; the error's type is `not_an_email`."""
