"""Case and event ids: ULIDs, new or derived, so that a second copy of a cause finds the same case."""

import hashlib
import os
import time
from datetime import datetime

_TIME_CHARACTERS = 10  # of 26: the millisecond of a ULID, kept so that derived ids sort beside their parent


_RANDOM_BYTES = 10
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]  # two digits are ten bits


def new_id() -> str:
    """A fresh ULID: 26 characters that sort by the time they were made."""
    milliseconds = time.time_ns() // 1_000_000
    return _write_ulid(milliseconds.to_bytes(6, "big") + os.urandom(_RANDOM_BYTES))


def first_id(at: datetime) -> str:
    """No id of that moment or later sorts before it, none of an earlier one after it."""
    milliseconds = max(0, int(at.timestamp() * 1000))
    return _write_ulid(milliseconds.to_bytes(6, "big") + bytes(_RANDOM_BYTES))


def derive_id(parent: str, *names: str) -> str:
    """The id that `parent` (a ULID) gives the thing called `names`; the same arguments give the same id, always."""
    digest = hashlib.sha256("\x1f".join((parent, *names)).encode()).digest()
    return parent[:_TIME_CHARACTERS] + _write_ulid(digest[:16])[_TIME_CHARACTERS:]


def _write_ulid(ulid: bytes) -> str:
    """16 bytes as text. Every save makes several, and the `ulid` package takes seven times as long."""
    n, p = int.from_bytes(ulid, "big"), _PAIRS
    return (
        f"{p[n >> 120]}{p[n >> 110 & 1023]}{p[n >> 100 & 1023]}{p[n >> 90 & 1023]}{p[n >> 80 & 1023]}"
        f"{p[n >> 70 & 1023]}{p[n >> 60 & 1023]}{p[n >> 50 & 1023]}{p[n >> 40 & 1023]}{p[n >> 30 & 1023]}"
        f"{p[n >> 20 & 1023]}{p[n >> 10 & 1023]}{p[n & 1023]}"
    )
