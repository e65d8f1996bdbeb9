"""Codes that are derived, so that nothing has to be stored to find them again: the verify code of a decision, and the
code of a letter to a neighbour; and what people typed, read as what it names."""

import hmac
import re
from dataclasses import dataclass

from services.permits.domain.bill import FIRST
from services.permits.domain.search_keys import plots_of
from shared.neighbour_links import neighbour_code
from shared.references import LENGTH, derive_code, read_code, read_reference
from shared.words.fold import letters_and_digits, plain_digits

_NUMBER = re.compile(r"[^0-9a-z]{0,20}([0-9]{1,9}(?:/[0-9]{0,4})?)", re.IGNORECASE)  # "เลขที่ 4/2569", or its beginning
_LATER = re.compile(r"[2-9]|[1-9][0-9]", re.ASCII)  # the number of an invoice: more than a permit ever has


def verify_code(key: str, case_id: str) -> str:
    """`7QHX-29MD-KT4P`: always the same for a case, and not to be guessed without the key."""
    return derive_code(key, f"verify\x1f{case_id}")


def is_neighbour_code(code: str, keys: tuple[str, ...], case_id: str, neighbour: str) -> bool:
    """Whether it is theirs, made with any of the town's keys; compared in constant time."""
    given = code.encode("utf-8", "replace")
    return any(hmac.compare_digest(given, neighbour_code(key, case_id, neighbour).encode()) for key in keys)


@dataclass(frozen=True)
class Sought:
    """What somebody typed to find a permit, read as each thing that it can be."""

    number: str | None  # its beginning
    reference: str | None
    verify_code: str | None
    plots: tuple[str, ...] = ()  # of a deed or a house, whole


def read_search(prefix: str, typed: str) -> Sought | None:
    """What an officer typed as what it may be: a number, a reference, a code, land papers; None for nothing typed."""
    if not typed.strip():
        return None
    number = _NUMBER.fullmatch(plain_digits(typed).replace(" ", ""))
    reference, code = read_reference(prefix, typed), read_code(typed)
    plots = () if reference or code else plots_of(typed)
    return Sought(number[1] if number else None, reference, code, plots)


def read_invoice(prefix: str, typed: str) -> tuple[str, int] | None:
    """The application and the number of the invoice that somebody named, also as banks write it (`MH4K7T29Q82`); None
    when it is none of ours. A number is only read behind the town's prefix: without it the digit could be any."""
    if reference := read_reference(prefix, typed):
        return reference, FIRST
    text, length = letters_and_digits(typed), len(prefix) + LENGTH
    reference = read_reference(prefix, text[:length]) if text.startswith(prefix) else None
    number = _LATER.fullmatch(text, length) if reference else None
    return (reference, int(number[0])) if reference and number else None
