"""What every event is, and who may see each of its fields; no event of the catalogue is defined here."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from shared.events.times import RENDERED, need_our_instant, parse, rfc3339

T = TypeVar("T")


class Visibility(StrEnum):
    """Who may read a field: everyone, our services, or the one service that holds contacts."""

    PUBLIC = "public"
    COARSE = "coarse"  # public, but made coarse by `shared.events.public` where the category is sensitive
    OPEN = "open"  # public, but null where the category is sensitive: it would tell what was answered
    EARLIER = "earlier"  # public, but null where the case was hidden before this step: nothing of then is told
    INTERNAL = "internal"
    PRIVATE = "private"


Public = Annotated[T, Visibility.PUBLIC]
Coarse = Annotated[T, Visibility.COARSE]
Open = Annotated[T, Visibility.OPEN]
Earlier = Annotated[T, Visibility.EARLIER]
Internal = Annotated[T, Visibility.INTERNAL]
Private = Annotated[T, Visibility.PRIVATE]


class MeantFor(StrEnum):
    """Whom a text is meant for. The form says so to whoever writes it, and every way out of the house keeps to it."""

    EVERYBODY = "everybody"  # in its public form, which travels beside it as `public_<name>`
    AGENCY = "agency"  # the agency that has the work, whose case it is, and staff
    OWNER = "owner"  # whose case it is (reporter, applicant) and staff
    ASKED = "asked"  # whoever is asked about the case, and staff; not whose case it is
    STAFF = "staff"


ForEverybody = Annotated[T, Visibility.INTERNAL, MeantFor.EVERYBODY]
ForAgency = Annotated[T, Visibility.INTERNAL, MeantFor.AGENCY]
ForOwner = Annotated[T, Visibility.INTERNAL, MeantFor.OWNER]
ForAsked = Annotated[T, Visibility.INTERNAL, MeantFor.ASKED]
ForStaff = Annotated[T, Visibility.INTERNAL, MeantFor.STAFF]

# Public strings are codes, ids and references, never sentences: the patterns keep free text out of public topics.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
CaseId = Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9/-]{2,39}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,40}$")]
FreeText = Annotated[str, StringConstraints(max_length=4000)]
PublicText = Internal[FreeText | None]  # a text as everybody may read it, made by its owner; null: nobody else may
ShortText = Annotated[str, StringConstraints(max_length=500)]  # a path, a subject id, another system's number
Count = Annotated[int, Field(ge=0, le=1_000_000)]  # bounded, because the database's integers are


def _from_rfc3339(value: Any) -> Any:
    """Pydantic alone would also take 1700000000 and "1700000000"; the published schema says date-time."""
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, datetime):
        return value
    raise ValueError("must be an RFC 3339 time with zone")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_from_rfc3339),
    AfterValidator(need_our_instant),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{RENDERED}$"}),
]


class Part(BaseModel):
    """A piece of an event; its fields are marked like an event's. Unknown fields are ignored on reading."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Place(Part):
    """Where: WGS 84 degrees, accuracy in metres as the phone gave it, address as a person wrote it."""

    latitude: Coarse[float] = Field(ge=-90, le=90)
    """Degrees north, WGS 84."""
    longitude: Coarse[float] = Field(ge=-180, le=180)
    """Degrees east, WGS 84."""
    accuracy_m: Internal[float | None] = Field(default=None, ge=0)
    """Metres, as the phone gave it."""
    address: Internal[str | None] = Field(default=None, max_length=500)
    """As a person wrote it."""


class PublicPlace(BaseModel):
    """A place as everyone may see it: degrees only; `coarse` says that they were rounded to about 1 km."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    latitude: float = Field(ge=-90, le=90)
    """Degrees north, WGS 84."""
    longitude: float = Field(ge=-180, le=180)
    """Degrees east, WGS 84."""
    coarse: bool = False
    """True: rounded to 0.01 degree, about 1 km, because the category is sensitive."""


class Event(BaseModel):
    """A fact, past tense. Unknown fields are ignored on reading: adding an optional field keeps `v1`.

    What stands below a field is its description in the published schema.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    type: ClassVar[str]  # the CloudEvents type, `onestop.<noun>.<verb>.v1`
    family: ClassVar[str]  # names the topics: `internal.<family>.v1` and `public.<family>.v1`
    revision: ClassVar[int] = 1  # of its published schema: raised with every field that is added
    always_public: ClassVar[bool] = False  # told to everyone although the case is not shown: it says that it is gone

    def data(self) -> dict[str, Any]:
        """The event's JSON object as it travels on the internal topic."""
        return self.model_dump(mode="json")
