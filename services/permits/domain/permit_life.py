"""What is kept of a permit after its decision: what is built under it, its time, who holds it, and how it ends."""

from datetime import datetime
from typing import Annotated

from shared.events.permit_life import AppealAgainst, AppealOutcome, InspectionResult, VisitCancelledBecause
from shared.kernel import Lenient, StoredModel


class Photo(StoredModel):
    """A photo that an inspector took: written anew, so that it says neither where nor with what."""

    id: str  # of its file
    thumbnail: str  # of the small copy's file
    number: int = 1  # of this visit's photos
    sha256: str
    size: int
    at: datetime
    removed: bool = False  # its files are gone: nobody needs them any more


class Inspection(StoredModel):
    """A day on which the place is looked at, and what was found there."""

    id: str
    at: datetime
    noted: bool = False  # its day has come, and stands in the timeline
    result: Annotated[InspectionResult, Lenient] | None = None
    note: str = ""  # for the applicant: what was found, or why nobody came
    photos: tuple[Photo, ...] = ()  # the officers' own until it is reported, then the applicant's too
    photos_taken: int = 0  # how many it has had: a number is never given twice, or "remove 3" could mean another
    reported_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_because: Annotated[VisitCancelledBecause, Lenient] | None = None

    @property
    def booked(self) -> bool:
        """Nobody has reported it, and it was not called off."""
        return self.result is None and self.cancelled_at is None


class Construction(StoredModel):
    """What the holder has told of the work, and that the office has found it finished as permitted."""

    started_on: datetime | None = None
    finished_on: datetime | None = None
    finished_told_at: datetime | None = None  # only who comes after that looks at a finished building
    mend_until: datetime | None = None  # what was found wrong with it when it was finished may be mended until then
    accepted_at: datetime | None = None


class AskedExtension(StoredModel):
    """The holder needs more time. While nobody has answered, the permit does not end."""

    note: str  # why, in the holder's words
    at: datetime
    invoice: int | None = None  # the number of the one that must be paid first; None: nothing is, before the answer


class Revocation(StoredModel):
    """The permit was taken away, and why."""

    at: datetime
    office: str  # code of the offices that the application's rules name
    legal_reason: str
    sub: str = ""  # who signed it, and so answers no appeal against it
    appeal_until: datetime | None = None


class MadeAppeal(StoredModel):
    """Somebody appealed against a refusal or a revocation; `outcome` is empty until the committee has decided."""

    against: Annotated[AppealAgainst, Lenient]
    note: str  # why, in their words
    at: datetime
    outcome: Annotated[AppealOutcome, Lenient] | None = None
    answered_at: datetime | None = None
    office: str = ""  # for which the outcome was signed


class PastHolder(StoredModel):
    """Who held the permit before it was transferred, for the register's own file."""

    name: str
    until: datetime
