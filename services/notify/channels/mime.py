"""Writes one shape of e-mail as bytes: a few headers, plain text and HTML, and at most one enclosure.

The standard library writes any shape; folding our headers alone costs it 7 ms a mail, twenty times all the rest of
sending one. A test reads what is written here with the library's parser and finds what was meant.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

EOL = "\r\n"
# A line with an encoded word ends by column 76, and the word itself by 75 (RFC 2047, 2): 39 octets of UTF-8 are
# 52 letters of base64, in 12 of frame, behind a header's name of up to 12.
_WORD_OCTETS = 39
_LINE = 76  # letters of base64: the longest line that MIME allows
_BOUNDARY = "=_onestop"  # base64 holds no underscore, so no line of a part is the boundary
_OUTER = "=_enclosing"  # likewise, and no beginning of the other
_PLAIN_WORDS = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,58}[\x21-\x7e])?")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]{1,60}")  # of these alone a display name needs no quotes


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a mail. `name`: plain ASCII without quotes."""

    name: str
    media_type: str
    content: bytes


def message(headers: Sequence[tuple[str, str]], *, plain: str, html: str, enclosed: Enclosure | None = None) -> bytes:
    """The whole message. Each header's value is written as it is given: see `text`, `mailbox`."""
    lines = [*(f"{name}: {value}{EOL}" for name, value in headers), f"MIME-Version: 1.0{EOL}"]
    if enclosed is None:
        return "".join([*lines, *_both(plain, html)]).encode()
    lines += [
        f'Content-Type: multipart/mixed; boundary="{_OUTER}"{EOL}{EOL}--{_OUTER}{EOL}',
        *_both(plain, html),
        *_write_enclosure(enclosed),
        f"--{_OUTER}--{EOL}",
    ]
    return "".join(lines).encode()


def _both(plain: str, html: str) -> Iterator[str]:
    yield f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"{EOL}{EOL}'
    yield from _part("plain", plain)
    yield from _part("html", html)
    yield f"--{_BOUNDARY}--{EOL}"


def _write_enclosure(file: Enclosure) -> Iterator[str]:
    yield f'--{_OUTER}{EOL}Content-Type: {file.media_type}; name="{file.name}"{EOL}'
    yield f'Content-Disposition: attachment; filename="{file.name}"{EOL}'
    yield from _base64(file.content)


def text(value: str) -> str:
    """A header of words, encoded (RFC 2047) when it holds anything but short plain ASCII."""
    one_line = " ".join(value.split())
    if not one_line or (_PLAIN_WORDS.fullmatch(one_line) and "=?" not in one_line):
        return one_line
    return f"{EOL} ".join(_encode_words(one_line))


def mailbox(name: str, address: str) -> str:
    """Who it is from: the name that is shown, and the address."""
    one_line = " ".join(name.split())
    if not one_line:
        return address
    if _NAME.fullmatch(one_line) and "=?" not in one_line:
        return f"{one_line} <{address}>"
    return f"{EOL} ".join([*_encode_words(one_line), f"<{address}>"])


def _encode_words(value: str) -> Iterator[str]:
    """Words of whole letters: a letter of several octets must not be cut in two."""
    letters = _WORD_OCTETS // len(max(value).encode())  # as many as fit if each were as long as the longest
    for start in range(0, len(value), letters):
        yield f"=?utf-8?b?{b64encode(value[start : start + letters].encode()).decode()}?="


def _part(subtype: str, content: str) -> Iterator[str]:
    yield f"--{_BOUNDARY}{EOL}Content-Type: text/{subtype}; charset=utf-8{EOL}"
    yield from _base64(EOL.join([*content.splitlines(), ""]).encode())


def _base64(content: bytes) -> Iterator[str]:
    yield f"Content-Transfer-Encoding: base64{EOL}{EOL}"
    encoded = b64encode(content).decode()
    yield from (f"{encoded[start : start + _LINE]}{EOL}" for start in range(0, len(encoded), _LINE))
