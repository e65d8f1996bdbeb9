"""What programs and pages may send to permits: shapes and sizes, so that nothing else reaches the domain."""

from datetime import date
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.permits.domain.application import Applicant, Location
from services.permits.domain.findings import Found
from services.permits.domain.footprint import MOST_CORNERS
from services.permits.domain.paper import Verdict
from shared import emails
from shared.events.permit_life import AppealOutcome
from shared.events.times import need_our_day
from shared.times import Time
from shared.words import CleanLine, CleanText, typed
from shared.words.typed import Empty

TEXT_MOST = 4000  # what an event's free text may hold
MESSAGE_MOST = 2000


def _as_written(value: Any) -> Any:
    """A form keeps what was written: a number as its digits, so that 150.0 and "150.0" are the same."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not isfinite(value):  # JSON has no such number, but its readers take it
        raise PydanticCustomError("finite_number", "this is no number")
    return str(value) if isinstance(value, int | float) else value


_Written = BeforeValidator(_as_written, json_schema_input_type=str | bool | int | float | None)
Phone = Annotated[typed.Phone | None, Empty]
Email = Annotated[emails.Email | None, Empty]
LineId = Annotated[Annotated[CleanLine, Field(max_length=64)] | None, Empty]
Address = Annotated[Annotated[CleanLine, Field(max_length=500)] | None, Empty]
Note = Annotated[CleanText, Field(max_length=TEXT_MOST)]
Conditions = Annotated[list[Annotated[CleanText, Field(min_length=1, max_length=TEXT_MOST)]], Field(max_length=30)]
FieldValue = Annotated[Annotated[str, Field(max_length=TEXT_MOST)] | None, _Written]
FormValues = Annotated[dict[Annotated[str, Field(max_length=64)], FieldValue], Field(max_length=100)]


# PDPA section 24: notices about one's own application belong to the proceeding. Section 19: all else must be agreed to.
_CONSENT = """True only when the applicant has agreed to be contacted about other things than this application.
The notices of the application itself are owed to them and are sent without it."""


_DECLARED = """The applicant declares that what is written is true. Needed the first time and after a correction; an
answer to a request for documents needs none."""


class Body(BaseModel):
    """Unknown members are refused: a misspelt one must not be taken for left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_FOOTPRINT = "The corners of the footprint, [longitude, latitude] each, as the outline of a GeoJSON Polygon has them."
Corner = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]


# What somebody looks for in a list, in an address: the beginning of a number, a reference.
Search = Annotated[CleanLine, Field(max_length=100)]


class Where(Body):
    """The plot in degrees of WGS 84, its address in words, and the footprint of what is to be built."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None = None
    address: Address = None
    footprint: Annotated[list[Corner], Field(max_length=MOST_CORNERS + 1, description=_FOOTPRINT)] = Field(
        default_factory=list
    )

    def location(self) -> Location:
        """As the domain knows it."""
        return Location(**self.model_dump())


class Who(Body):
    """The applicant, and how to reach them. Each contact that is given is used for the notices of this application."""

    name: Annotated[CleanLine, Field(min_length=1, max_length=200)]
    phone: Phone = None
    email: Email = None
    line_id: LineId = None
    address: Annotated[Address, Field(description="Where letters reach the applicant.")] = None
    language: Literal["th", "en"] | None = None
    consent: Annotated[bool, Field(description=_CONSENT)] = False

    def applicant(self, language: str) -> Applicant:
        """As the domain knows them; `language` is the request's, for those who did not say."""
        return Applicant.model_validate({**self.model_dump(), "language": self.language or language})


class NewApplication(Body):
    """`POST /api/v1/applications`."""

    type: Annotated[str, Field(min_length=1, max_length=64)]
    form: FormValues = Field(default_factory=dict)
    location: Where
    applicant: Who


class ChangedApplication(Body):
    """`PUT /api/v1/applications/{reference}`: the whole form anew."""

    form: FormValues
    location: Where
    applicant: Who


class HandingIn(Body):
    """`POST …/submit`."""

    declared: Annotated[bool, Field(description=_DECLARED)] = False


class Acceptance(Body):
    """`POST …/accept`."""

    # `read_mark` of the application that was read: when the applicant has corrected it since, it is refused.
    read_mark: Annotated[str, Field(max_length=64)] | None = None


class DocumentsRequest(Body):
    """`POST …/request-documents`. Left out: the documents that were found wrong, and what was found."""

    requirements: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    note: Note = ""


class DocumentFinding(Body):
    """About one document; a reason is needed when it is to be replaced. `read_at`: the `at` of the finding that was
    read, if there was one; when somebody has noted something else since, all are refused."""

    requirement: Annotated[str, Field(max_length=64)]
    verdict: Verdict
    reason: Annotated[CleanText, Field(max_length=500)] = ""
    page: Annotated[int, Field(ge=1, le=10_000)] | None = None
    read_at: Annotated[Time | None, Field(description="`at` of the finding that was read.")] = None

    def build_finding(self) -> Found:
        """As the domain knows it."""
        return Found(**self.model_dump())


class Findings(Body):
    """`POST …/findings`."""

    findings: Annotated[list[DocumentFinding], Field(min_length=1, max_length=50)]


class Examination(Body):
    """`POST …/examine`."""

    proposal: Literal["approve", "approved", "refuse", "refused"]
    note: Note = ""
    legal_reason: Note = ""
    conditions: Conditions = Field(default_factory=list)


class Signature(Body):
    """`POST …/decide`. What is left out is taken from the examiner's proposal."""

    decision: Literal["approve", "approved", "refuse", "refused"]
    legal_reason: Note | None = None
    conditions: Conditions | None = None
    office: Annotated[str, Field(max_length=64)] | None = None  # a code of the profile's signatories
    scanned: Annotated[bool, Field(description="Place one's own scanned signature on the letter.")] = False
    seen: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(
            max_length=150,
            description="Names of the `open_points` that were read: all that weigh.",
        ),
    ] = Field(default_factory=list)
    # `read_mark` of the application that was read before signing: when what is signed has changed since, it is refused.
    read_mark: Annotated[str, Field(max_length=64)] | None = None


class NewMessage(Body):
    """`POST …/messages`."""

    text: Annotated[CleanText, Field(min_length=1, max_length=MESSAGE_MOST)]


class NewStaffNote(Body):
    """`POST …/notes`."""

    text: Annotated[CleanText, Field(min_length=1, max_length=MESSAGE_MOST)]


class Withdrawal(Body):
    """`POST …/withdraw`."""

    reason: Note = ""


class BuildingDay(Body):
    """`POST …/construction`: told by the permit's holder."""

    step: Literal["started", "finished"]
    on: Annotated[date, AfterValidator(need_our_day)]


class Reason(Body):
    """`POST …/extension`, `POST …/appeal`, `POST …/revoke`."""

    reason: Annotated[Note, Field(min_length=1)]


class ExtensionAnswer(Body):
    """`POST …/extension/answer`: so many days more, or none and why."""

    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    reason: Note = ""


class AppealAnswer(Body):
    """`POST …/appeal/answer`: what the committee has decided, and its grounds or the number of its decision."""

    outcome: AppealOutcome
    reason: Annotated[Note, Field(min_length=1)]


class Transfer(Body):
    """`POST …/transfer`: who holds the permit from now on."""

    holder: Who


class PersonSearch(Body):
    """`POST /api/v1/applications/search`."""

    person: Annotated[CleanLine, Field(min_length=1, max_length=100, description="A name, or a telephone number.")]
