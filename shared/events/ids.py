"""Case and event ids: ULIDs, new or derived, so that a second copy of a cause finds the same case."""

import hashlib

from ulid import ULID

_TIME_CHARACTERS = 10  # of 26: the millisecond of a ULID, kept so that derived ids sort beside their parent


def new_id() -> str:
    """A fresh ULID: 26 characters that sort by the time they were made."""
    return str(ULID())


def derive_id(parent: str, *names: str) -> str:
    """The id that `parent` (a ULID) gives the thing called `names`; the same arguments give the same id, always."""
    digest = hashlib.sha256("\x1f".join((parent, *names)).encode()).digest()
    return parent[:_TIME_CHARACTERS] + str(ULID(digest[:16]))[_TIME_CHARACTERS:]
