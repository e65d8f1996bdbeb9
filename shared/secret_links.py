"""Secret links: whoever holds the secret of a case may act as its reporter or applicant. Derived, so never stored.

A case counts how often its link was renewed: with each `number` comes another secret, and the one before opens nothing.
"""

import base64
import hashlib
import hmac

_BYTES = 16  # 128 bits: 22 characters in a link


def case_secret(key: str, case_id: str, party: str = "", number: int = 0) -> str:
    """The secret of a case, or of one of its parties (a follower); `key` is the town's `LINK_SECRET`."""
    said = f"secret-link\x1f{case_id}\x1f{party}\x1f{number}"
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()


def first_secret(key: str, case_id: str) -> str:
    """The one that was told when the case was opened, which is all that the request which opened it is ever answered
    with: whoever repeats it may not be who has the link by now."""
    return case_secret(key, case_id)


def opens(given: str | None, keys: tuple[str, ...], case_id: str, party: str = "", number: int = 0) -> bool:
    """Whether `given` is that secret, made with any of the town's keys; compared in constant time."""
    if given is None:
        return False
    told = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(told, case_secret(key, case_id, party, number).encode()) for key in keys)
