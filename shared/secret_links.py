"""Secret links: whoever holds the secret of a case may act as its reporter or applicant. Derived, so never stored."""

import base64
import hashlib
import hmac

_BYTES = 16  # 128 bits: 22 characters in a link


def case_secret(key: str, case_id: str, party: str = "") -> str:
    """The secret of a case, or of one of its parties (a follower); `key` is the town's `link_secret`."""
    digest = hmac.new(key.encode(), f"secret-link\x1f{case_id}\x1f{party}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()


def opens(given: str | None, key: str, case_id: str, party: str = "") -> bool:
    """Whether `given` is that secret, compared in constant time."""
    return given is not None and hmac.compare_digest(
        given.encode("utf-8", "replace"), case_secret(key, case_id, party).encode()
    )
