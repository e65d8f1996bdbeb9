"""The `Idempotency-Key` of a request, in its header or in a form's field `key`: read, checked and sealed here.

A service derives ids from it, of which events tell. Sealed with a secret of the town's, not even a short key can be
found again from such an id.
"""

import hashlib
import hmac
import re
from typing import Annotated

from fastapi import Header, Request

from shared.settings import ServiceSettings
from shared.web.parts import part_of
from shared.web.problem import Problem

_KEY = re.compile(r"[\x21-\x7e]{8,128}")


async def idempotency_key(
    request: Request, key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> str | None:
    """Dependency: the client's key, sealed, or None when none was sent; 400 unless it is 8–128 visible ASCII
    characters."""
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key")
    return seal_key(request, key)


def seal_key(request: Request, key: str | None) -> str | None:
    """A client's key as services know it; None for none. A form and a program that send the same key mean the same."""
    return seal(part_of(request, ServiceSettings).link_secret, key) if key else None


def seal(secret: str, key: str) -> str:
    """The client's key as services keep it: an HMAC of it, so that nobody who reads the database can use it."""
    return hmac.new(secret.encode(), f"idempotency-key:{key}".encode(), hashlib.sha256).hexdigest()
