"""Who is away, for which days, and who takes their place meanwhile: it begins and ends by date, by nobody's act."""

from datetime import date, datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, model_validator

from shared.events.work_orders import Level
from shared.town.base import Code, Part, Words

# รักษาราชการแทน, by law while the office's holder cannot act; or ปฏิบัติราชการแทน, by what they have delegated.
Capacity = Literal["acting", "delegated"]


class Absence(Part):
    """An office that signs, or the examiners of a team, from the first day to the last, both of them whole. The deputy
    is another such office, or another team. It goes no further: who is away takes nobody's place."""

    office: Code | None = None
    team: Code | None = None
    deputy: Code
    first_day: date
    last_day: date
    capacity: Capacity = "acting"  # in which a deputy signs: the letter says so
    order: Annotated[Words, Field(max_length=200)]  # the written order that it rests on
    level: Level | None = None  # the rung of the ladder that the office holds: its warnings reach the deputy too

    @model_validator(mode="after")
    def _office_or_team(self) -> "Absence":
        if (self.office is None) == (self.team is None):
            raise ValueError("needs either office or team")
        if self.team is not None and self.level is not None:
            raise ValueError("level goes with office")
        return self

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Absence":
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self

    @property
    def who(self) -> str:
        """Who is away, by the code."""
        return self.office or self.team or ""

    def holds_on(self, day: date) -> bool:
        """Whether they are away on that day of the town."""
        return self.first_day <= day <= self.last_day


class KeptAbsence(BaseModel):
    """One that was marked at the desk, as a service keeps it. Days as `2026-11-23`, both whole days of the town."""

    id: str
    office: str | None = None
    team: str | None = None
    deputy: str
    first_day: str
    last_day: str
    capacity: str = "acting"
    order: str
    level: str | None = None
    ended_at: datetime | None = None  # since when it counts no more, before its last day

    @property
    def absence(self) -> Absence:
        """As the profile would have it. A code that only a newer release knows is taken for what the profile takes it
        for when nothing is said."""
        known = self.model_dump(include=set(Absence.model_fields))
        for name, codes in (("capacity", get_args(Capacity)), ("level", get_args(Level))):
            if known[name] not in codes:
                del known[name]
        return Absence.model_validate(known)
