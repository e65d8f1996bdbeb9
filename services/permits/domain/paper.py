"""A handed-in file, what was found about it, and what was asked for."""

from datetime import datetime
from typing import Annotated, Literal

from shared.kernel import Lenient, StoredModel

Verdict = Literal["ok", "replace"]


class Upload(StoredModel):
    """One handed-in file; a replaced one stays in the history."""

    id: str
    number: int = 1  # of this document's versions: it stays when the oldest ones go
    sha256: str
    sent_sha256: str  # of the file as it came: a picture is kept written anew
    size: int
    media_type: str
    filename: str
    at: datetime
    pages: int = 0  # 0: nobody has counted them
    form_mark: str = ""  # of the signed request form: of the answers at that time, as it is printed at its foot
    removed: bool = False  # its file is gone: nobody needs it any more


class Mark(StoredModel):
    """A place on a page, and what is wrong there. `x`, `y`: its upper left corner, from the page's own, as fractions of
    its width and height, so that the size of the picture does not matter. Without a size it is a pin; without a corner
    it is said in words alone."""

    page: int
    note: str
    x: float | None = None
    y: float | None = None
    width: float = 0
    height: float = 0

    @property
    def placed(self) -> bool:
        """Whether it can be drawn."""
        return self.x is not None and self.y is not None


class Finding(StoredModel):
    """What an officer found about one version of a document, the file of that hash; `page`: where on it."""

    version: int
    sha256: str = ""
    verdict: Annotated[Verdict, Lenient]
    note: str = ""  # what is wrong, for the applicant
    page: int | None = None
    marks: tuple[Mark, ...] = ()
    name: str  # the officer's, for staff only
    at: datetime


class Request(StoredModel):
    """An officer wants these documents (again), and says why."""

    requirements: tuple[str, ...]
    note: str
    at: datetime
    answer_by: datetime | None = None  # None: the profile gives no day
    remind_at: datetime | None = None  # None: they were reminded, or have too little time for that
    late_noted: bool = False  # both sides were told that the day has passed
