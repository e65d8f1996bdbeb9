"""Secret links: whoever holds the secret of a case may act as its reporter or applicant. Derived, so never stored.

A case counts how often its link was renewed: with each `number` comes another secret, and the one before opens nothing.
"""

import base64
import hashlib
import hmac

_BYTES = 16  # 128 bits: 22 characters in a link


def case_secret(key: str, case_id: str, party: str = "", number: int = 0) -> str:
    """The secret of a case, or of one of its parties (a follower); `key` is the town's `link_secret`."""
    said = f"secret-link\x1f{case_id}\x1f{party}\x1f{number}"
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()


def opens(given: str | None, key: str, case_id: str, party: str = "", number: int = 0) -> bool:
    """Whether `given` is that secret, compared in constant time."""
    return given is not None and hmac.compare_digest(
        given.encode("utf-8", "replace"), case_secret(key, case_id, party, number).encode()
    )
