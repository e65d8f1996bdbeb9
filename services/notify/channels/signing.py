"""Signs a message as https://www.standardwebhooks.com says, so that its receiver can use a library of that name."""

import base64
import hashlib
import hmac

SECRET_BYTES = 24  # at least; the standard asks for 24 to 64
_PREFIX = "whsec_"


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """`v1,<base64>` over `<id>.<timestamp>.<body>`; `stamp`: seconds since 1970, so that an old message can be told."""
    digest = hmac.new(read_signing_key(secret), f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def read_signing_key(secret: str) -> bytes:
    """The bytes of `whsec_<base64>`; ValueError for anything else."""
    if not secret.startswith(_PREFIX):
        raise ValueError(f"a secret is written {_PREFIX}<base64>")
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
