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
    removed: bool = False  # its file is gone: nobody needs it any more


class Finding(StoredModel):
    """What an officer found about one version of a document; `page`: where on it."""

    version: int
    verdict: Annotated[Verdict, Lenient]
    note: str = ""  # what is wrong, for the applicant
    page: int | None = None
    name: str  # the officer's, for staff only
    at: datetime


class Request(StoredModel):
    """An officer wants these documents (again), and says why."""

    requirements: tuple[str, ...]
    note: str
    at: datetime
