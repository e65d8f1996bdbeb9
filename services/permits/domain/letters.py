"""How far a letter is and whose seal it bears; and what was signed after the decision, each act with its letter."""

from datetime import datetime
from typing import Annotated, Literal

from services.permits.domain.stand_in import StandIn
from shared.events.permit_life import AppealAgainst
from shared.kernel import Lenient, StoredModel

ActKind = Literal["extension", "extension-refusal", "transfer", "revocation", "appeal-granted", "appeal-dismissed"]


class Seal(StoredModel):
    """Whose electronic signature a letter bears: what its certificate says, and from when on."""

    by: str
    issuer: str
    certificate: str  # SHA-256, hexadecimal
    at: datetime
    stamped: bool  # an authority vouches for the time


class LetterProgress(StoredModel):
    """How far a letter is: owed from the signature on, made once. Its bytes are kept beside the cases."""

    owed_since: datetime
    sha256: str = ""  # empty: not yet made
    size: int = 0
    made_at: datetime | None = None
    seal: Seal | None = None


class SignedAct(StoredModel):
    """What was signed after the decision. `turn`: the first is 1; the decision's own letter is 0."""

    turn: int
    kind: Annotated[ActKind, Lenient]
    at: datetime
    sub: str
    name: str  # who signed it
    office: str  # code of the offices that the application's rules name
    stand_in: StandIn | None = None  # in whose place
    legal_reason: str = ""  # why it was refused or taken away, or the committee's grounds
    until: datetime | None = None  # how long the permit holds by it
    invoice: int | None = None  # the number of the one that it costs; None: it costs nothing
    against: Annotated[AppealAgainst, Lenient] | None = None  # what an appeal was made against
    verify_code: str
    letter: LetterProgress
