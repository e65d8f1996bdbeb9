"""What can be read over the phone, the last character a check on the others: references of cases (`MH-4K7T-29Q8`), and
codes that are derived from a secret (`7QHX-29MD-KT4P`), so that nothing has to be stored to find them again."""

import hashlib
import hmac
import re

from shared.words.fold import letters_and_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, without I, L, O and U
LENGTH = 8
CODE_LENGTH = 12  # 11 characters of 5 bits that nobody can guess, and the check
_GROUP = 4
_BITS = 5
_FIELD = 0b100101  # x⁵+x²+1: multiplying by x in GF(32) gives each position its own weight
_WITHIN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,6}-?[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}(?![0-9A-Za-z])")
_ALIKE = str.maketrans("OIL", "011")  # what people type or say for the same thing


def make_reference(prefix: str, case_id: str, attempt: int = 0) -> str:
    """The reference of a case. If another case has it already, try the next attempt; each is deterministic."""
    digest = hashlib.sha256(f"reference\x1f{case_id}\x1f{attempt}".encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    code = "".join(ALPHABET[number >> _BITS * place & 31] for place in range(LENGTH - 1))
    return _write_reference(prefix, code + check_character(code))


def read_reference(prefix: str, typed: str) -> str | None:
    """The reference somebody typed (small letters, no dashes, O for 0, no prefix); None when it is none of ours."""
    text = letters_and_digits(typed)
    code = read_characters(text[len(prefix) :] if len(text) > LENGTH and text.startswith(prefix) else text, LENGTH)
    return _write_reference(prefix, code) if code else None


def find_reference(prefix: str, pasted: str) -> str | None:
    """The reference that somebody typed, or the only one in what they pasted: a link, a line of a message."""
    if whole := read_reference(prefix, pasted):
        return whole
    named = (one[0] for one in _WITHIN.finditer(pasted) if one[0].upper().startswith(prefix))
    found = {reference for one in named if (reference := read_reference(prefix, one))}
    return found.pop() if len(found) == 1 else None


def derive_code(key: str, said: str) -> str:
    """Always the same for the same words, and not to be guessed without the key."""
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:7], "big")
    code = "".join(ALPHABET[number >> _BITS * place & 31] for place in range(CODE_LENGTH - 1))
    return _group(code + check_character(code))


def read_code(typed: str) -> str | None:
    """The code somebody typed or scanned; None when it cannot be one."""
    code = read_characters(typed, CODE_LENGTH)
    return _group(code) if code else None


def read_characters(typed: str, length: int) -> str | None:
    """So many characters of the alphabet, the last a check on the others; None when something else was typed."""
    code = letters_and_digits(typed).translate(_ALIKE)
    if len(code) != length or not set(code) <= set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        return None
    return code


def check_character(code: str) -> str:
    """Detects any single wrong character and any two that were swapped."""
    total = 0
    for character in code:
        total = (total ^ ALPHABET.index(character)) << 1
        total ^= _FIELD if total >> _BITS else 0
    return ALPHABET[total]


def _write_reference(prefix: str, code: str) -> str:
    return f"{prefix}-{code[:4]}-{code[4:]}"


def _group(code: str) -> str:
    """In groups of four, as it is read aloud."""
    return "-".join(code[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))
