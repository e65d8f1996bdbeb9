"""What is said with each act on a work order; API bodies and the forms of the pages are read into these models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.domain.crew_work import Wait
from shared.events.work_orders import PauseReason, Priority
from shared.times import Time
from shared.words import CleanLine, CleanText

Note = Annotated[CleanText, Field(max_length=4000)]
Reason = Annotated[CleanText, Field(min_length=1, max_length=4000)]
Finding = Literal["fixed", "cannot_be_done", "not_ours", "duplicate"]  # what a crew may find
Ending = Literal["not_ours", "duplicate", "cannot_be_done"]  # without work; taking back is the reporter's
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
    """To which agency outside the town, and what is known of it there."""

    agency: Code
    status: Literal["sent", "failed", "answered"] = "sent"
    agency_reference: Annotated[CleanLine, Field(max_length=200)] | None = None
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
