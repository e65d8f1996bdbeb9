"""E-mail addresses that people type: one reading of them for every door and for the mailer behind it.

An address is taken only if mail can be sent to it; one that is taken and never mailed is worse than a refusal.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

LONGEST = 320  # letters: 64 before the @, 255 behind it
_SCHEME = "mailto:"
# Copied along with an address out of a sentence or a list; a dot before it is a slip, and whose address it is unknown.
_BEFORE, _BEHIND = ' \t\r\n,;:"([', " \t\r\n,;.:'\")]"

# What nearly everybody types: of these only the domain is the library's to judge.
_ORDINARY = re.compile(
    r"(?P<local>(?=[^@]{1,64}@)[a-z0-9]+(?:[._+-][a-z0-9]+)*)@(?P<domain>[A-Za-z0-9][A-Za-z0-9.-]{0,98}[A-Za-z0-9])"
)


def read_email(typed: str) -> str | None:
    """The address somebody typed (`<som@example.com>`, `mailto:…`, with a comma behind); None when it can be none.

    Letters of any language are taken (RFC 6531). The domain comes back in small letters, what stands before the @ as it
    is. Nothing that is taken can add a header, a command or a second recipient to a mail.
    """
    if len(typed) > LONGEST:
        return None
    if ordinary := _ORDINARY.fullmatch(typed):
        domain = _read_domain(ordinary["domain"])
        return f"{ordinary['local']}@{domain}" if domain else None
    text = _bare("".join(one for one in unicodedata.normalize("NFKC", typed) if unicodedata.category(one) != "Cf"))
    if text.endswith(">") and "<" in text:
        text = _bare(text[text.rindex("<") + 1 : -1])
    if text.lower().startswith(_SCHEME):
        text = _bare(text[len(_SCHEME) :].partition("?")[0])
    return _validate(text)


@lru_cache(maxsize=1024)  # a town's people share a few
def _read_domain(domain: str) -> str | None:
    read = _validate(f"a@{domain}")
    return read.removeprefix("a@") if read else None


def _validate(address: str) -> str | None:
    try:
        return validate_email(address, check_deliverability=False, strict=True).normalized
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
