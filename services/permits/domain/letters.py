"""How far the letter of a decision is, and whose seal it bears."""

from datetime import datetime

from shared.kernel import StoredModel


class Seal(StoredModel):
    """Whose electronic signature a letter bears: what its certificate says, and from when on."""

    by: str
    issuer: str
    certificate: str  # SHA-256, hexadecimal
    at: datetime
    stamped: bool  # an authority vouches for the time


class LetterProgress(StoredModel):
    """How far the decision letter is: owed from the decision on, made once. Its bytes are kept beside the cases."""

    owed_since: datetime
    sha256: str = ""  # empty: not yet made
    size: int = 0
    made_at: datetime | None = None
    seal: Seal | None = None
