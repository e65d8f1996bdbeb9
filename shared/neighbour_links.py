"""The code by which a neighbour answers a letter or a mail, and the page behind it. Derived from the town's
`LINK_SECRET`, so never stored.

Made by one service for paper and by another for mail, so what it is made of is written here once.
"""

import hashlib
import hmac
from urllib.parse import quote

from shared.references import ALPHABET, check_character

PAGE = "/permits/neighbour"  # where the reference and the code are typed
_LENGTH = 12  # 11 characters of 5 bits that nobody can guess, and a check character
_GROUP = 4


def neighbour_code(key: str, case_id: str, neighbour: str) -> str:
    """`7QHX-29MD-KT4P`: with the application's reference it opens this neighbour's question and no other."""
    return derived_code(key, f"neighbour\x1f{case_id}\x1f{neighbour}")


def neighbour_path(reference: str, code: str) -> str:
    """The page of their question."""
    return f"{PAGE}/{quote(reference)}/{code}"


def derived_code(key: str, said: str) -> str:
    """Always the same for the same words, and not to be guessed without the key."""
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:7], "big")
    code = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH - 1))
    return grouped(code + check_character(code))


def grouped(code: str) -> str:
    """In groups of four, as it is read aloud."""
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
