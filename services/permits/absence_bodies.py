"""What programs and pages may send about absences: shapes and sizes."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from services.permits.bodies import Body
from shared.events.times import need_our_day
from shared.events.work_orders import Level
from shared.town.absences import Absence, Capacity
from shared.words import CleanLine
from shared.words.typed import Empty

CodeOf = Annotated[CleanLine, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Day = Annotated[date, AfterValidator(need_our_day)]


class NewAbsence(Body):
    """`POST /api/v1/permits/absences`: `office` (one that signs) or `team` (whose examiners are away), by the profile's
    codes; both days are whole days of the town."""

    office: Annotated[CodeOf | None, Empty] = None
    team: Annotated[CodeOf | None, Empty] = None
    deputy: CodeOf
    first_day: Day
    last_day: Day
    capacity: Capacity = "acting"
    order: Annotated[CleanLine, Field(min_length=1, max_length=200)]
    level: Annotated[Level | None, Empty] = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "NewAbsence":
        """As the profile's own absences must."""
        self.build_absence()
        return self

    def build_absence(self) -> Absence:
        """As the domain knows it."""
        return Absence.model_validate(self.model_dump())
