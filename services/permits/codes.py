"""Codes that are derived, so that nothing has to be stored to find them again: the verify code of a decision."""

import hashlib
import hmac

from shared.references import ALPHABET, check_character, read_characters

_LENGTH = 12  # 11 characters of 5 bits that nobody can guess, and a check character
_GROUP = 4


def verify_code(key: str, case_id: str) -> str:
    """`7QHX-29MD-KT4P`: always the same for a case, and not to be guessed without the key."""
    digest = hmac.new(key.encode(), f"verify\x1f{case_id}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:7], "big")
    code = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH - 1))
    return _grouped(code + check_character(code))


def read_code(typed: str) -> str | None:
    """The code somebody typed or scanned; None when it cannot be one."""
    code = read_characters(typed, _LENGTH)
    return _grouped(code) if code else None


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
