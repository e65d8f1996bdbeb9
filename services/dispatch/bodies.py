"""What is said with each act on a work order; API bodies and the forms of the pages are read into these models."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.dispatch.domain.crew_work import Wait
from shared.events.times import bounded_day
from shared.events.work_orders import PauseReason, Priority
from shared.times import Time
from shared.words import CleanLine, CleanText

Note = Annotated[CleanText, Field(max_length=4000)]
Reason = Annotated[CleanText, Field(min_length=1, max_length=4000)]
Finding = Literal["fixed", "cannot_be_done", "not_ours", "duplicate"]  # what a crew may find
Ending = Literal["not_ours", "duplicate", "cannot_be_done"]  # without work; taking back is the reporter's
Day = Annotated[date, AfterValidator(bounded_day)]
AgencyNumber = Annotated[CleanLine, Field(max_length=200)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


HAPPENED = "When it happened, where the device tells it later; at most 7 days ago, or the time of arrival counts."


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one must not be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    happened_at: Annotated[Time | None, Field(description=HAPPENED)] = None

    def words(self) -> dict[str, Any]:
        """What the domain is told."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "happened_at"}


class Acknowledge(Body):
    """The team takes it; needs no words."""


class Start(Body):
    """Without a stage: the next one."""

    stage: Literal["on_the_way", "on_site"] | None = None


class Pause(Body):
    """Why it waits, and until when by plan: at that moment, or after that long."""

    reason: PauseReason
    resume_at: Time | None = None
    resume_in: Wait | None = None
    note: Note | None = None


class Resume(Body):
    """Work goes on; needs no words."""


class Complete(Body):
    """How it ended; `photos` are paths that `POST …/photos` has answered."""

    outcome: Finding = "fixed"
    note: Note | None = None
    photos: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=10)] = []
    materials: Note | None = None


class Refuse(Body):
    """Why it is not this team's."""

    reason: Reason


class Refer(Body):
    """To which agency outside the town, and what it is told; without a text what was reported, as all may read it."""

    agency: Code
    text: Note | None = None
    photos: bool | None = None


class TellAgency(Body):
    """What the agency is written."""

    text: Reason


class TakeBack(Body):
    """Why, where there is something to say; the agency reads it."""

    reason: Note | None = None


class AgencyReceive(Body):
    """The agency has it, perhaps under a number of its own."""

    agency_reference: AgencyNumber | None = None
    note: Note | None = None


class AgencyAnswer(Body):
    """What the agency will do, and on which day it expects to be done."""

    agency_reference: AgencyNumber | None = None
    expected_on: Day | None = None
    note: Note | None = None


class AgencyAsk(Body):
    """What the agency needs to know."""

    note: Reason
    agency_reference: AgencyNumber | None = None


class AgencyDecline(Body):
    """Why it is not this agency's."""

    note: Reason


class AgencyDone(Body):
    """The agency says that it is done."""

    note: Note | None = None


class Assign(Body):
    """To which team."""

    team: Code
    reason: Note | None = None


class Prioritise(Body):
    """How urgent it is after all, and why."""

    priority: Priority
    reason: Note | None = None


class Cancel(Body):
    """How it ends without work; the resident reads the reason."""

    outcome: Ending
    reason: Reason
