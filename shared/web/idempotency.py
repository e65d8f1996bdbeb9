"""The `Idempotency-Key` header: read and checked here, given its meaning by the case id a service derives from it."""

import re
from typing import Annotated

from fastapi import Header

from shared.web.problem import Problem

_KEY = re.compile(r"[\x21-\x7e]{8,128}")


async def idempotency_key(key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> str | None:
    """Dependency: the client's key, 8–128 visible ASCII characters, or None when none was sent; 400 otherwise."""
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key")
    return key
