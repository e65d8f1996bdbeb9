"""What people may send to intake, by API or form: shapes and sizes, so that nothing else reaches the domain."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.intake.domain.report import Location
from services.intake.domain.submission import PHOTOS_MOST, Contact
from shared import emails
from shared.events.base import CaseId
from shared.events.reports import Channel, ReportKind
from shared.words import CleanLine, CleanText, typed
from shared.words.typed import Empty

TEXT_MOST = 4000  # code points: a Thai vowel mark counts as one
ANSWERS_MOST = 20

Text = Annotated[CleanText, Field(min_length=1, max_length=TEXT_MOST)]
PhotoId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Photos = Annotated[list[PhotoId], Field(max_length=PHOTOS_MOST)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]


def _as_text(value: Any) -> Any:
    """Answers may be numbers or yes/no; they travel as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float) else value


Name = Annotated[Annotated[CleanLine, Field(max_length=200)] | None, Empty]
LineId = Annotated[Annotated[CleanLine, Field(max_length=64)] | None, Empty]
Address = Annotated[Annotated[CleanLine, Field(max_length=500)] | None, Empty]
Email = Annotated[emails.Email | None, Empty]
Phone = Annotated[typed.Phone | None, Empty]
Remark = Annotated[Annotated[CleanText, Field(max_length=TEXT_MOST)] | None, Empty]
Answer = Annotated[CleanText, BeforeValidator(_as_text), Field(max_length=TEXT_MOST)]
AnswerCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Body(BaseModel):
    """Strict: a number in quotes is a mistake of the sender's, and so is a field that nobody knows."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Where(Body):
    """Degrees of WGS 84, an address in words, or both."""

    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    accuracy_m: Annotated[Degrees, Field(ge=0, le=1_000_000)] | None = None
    address: Address = None

    def location(self) -> Location | None:
        """As the domain knows it; None when all is left out."""
        given = self.model_dump(exclude_none=True)
        return Location(**given) if given else None


class ContactBody(Body):
    """How to reach somebody. A contact that is given is meant to be used, unless `consent` says no."""

    name: Name = None
    phone: Phone = None
    email: Email = None
    line_id: LineId = None
    language: Literal["th", "en"] | None = None
    consent: bool = True

    def contact(self, language: str) -> Contact:
        """As the domain knows it; `language` is the request's, for those who did not say."""
        return Contact.model_validate({**self.model_dump(), "language": self.language or language})


class NewReport(Body):
    """`POST /api/v1/reports`."""

    category: Annotated[str, Field(min_length=1, max_length=64)]
    text: Text
    location: Where | None = None
    reporter: ContactBody | None = None
    answers: Annotated[dict[AnswerCode, Answer], Field(max_length=ANSWERS_MOST)] = Field(default_factory=dict)
    kind: ReportKind | None = None  # left out: with a place a problem, without one what the category is for
    photos: Photos = Field(default_factory=list)
    incident: Annotated[CaseId | None, Empty] = None  # one of `/api/v1/incidents` that it is; dispatch decides
    channel: Channel | None = None  # for staff who take it down for somebody, or import


class NewComment(Body):
    """`POST …/comments`."""

    text: Text
    photos: Photos = Field(default_factory=list)


class Reason(Body):
    """Why a report is withdrawn or reopened."""

    reason: Remark = None


class Rating(Body):
    """`POST …/rating`."""

    stars: Annotated[int, Field(ge=1, le=5)]
    text: Remark = None


class Amendment(Body):
    """`PATCH /api/v1/reports/{reference}` by staff."""

    category: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    text: Text | None = None
    location: Where | None = None


class Merge(Body):
    """`POST …/merge` by staff: this report is a duplicate of `into`."""

    into: Annotated[str, Field(min_length=4, max_length=40)]
