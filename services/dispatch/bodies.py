"""What is said with each act on a work order; API bodies and the forms of the pages are read into these models."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.dispatch.domain.crew_work import PHOTOS_MOST
from services.dispatch.domain.parts import Material
from services.dispatch.domain.pausing import Wait
from services.dispatch.domain.splitting import CHILDREN_MOST, Share
from shared.events.times import need_our_day
from shared.events.work_orders import PauseReason, Priority
from shared.times import Time
from shared.words import CleanLine, CleanText

Note = Annotated[CleanText, Field(max_length=4000)]
Reason = Annotated[CleanText, Field(min_length=1, max_length=4000)]
Finding = Literal["fixed", "cannot_be_done", "not_ours", "duplicate"]  # what a crew may find
Ending = Literal["not_ours", "duplicate", "cannot_be_done"]  # without work; taking back is the reporter's
Day = Annotated[date, AfterValidator(need_our_day)]
AgencyNumber = Annotated[CleanLine, Field(max_length=200)]
Sub = Annotated[CleanLine, Field(min_length=1, max_length=200)]  # a subject id of the sign-in
Photos = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=PHOTOS_MOST)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


HAPPENED = "When it happened, where the device tells it later; at most 7 days ago, or the time of arrival counts."


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one must not be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    happened_at: Annotated[Time | None, Field(description=HAPPENED)] = None

    def words(self) -> dict[str, Any]:
        """The act's own words as keyword arguments for the domain: all fields but `happened_at`, which the cause
        carries."""
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


class Take(Body):
    """It is mine; over a colleague's head only with their subject id as `instead_of`."""

    instead_of: Sub | None = None


class Give(Body):
    """To whom of the team, by the subject id of their sign-in; `instead_of`: who has it, as far as you know."""

    person: Sub
    instead_of: Sub | None = None


class Drop(Body):
    """Nobody has it alone any more; needs no words."""


class Used(BaseModel):
    """What was used up: 4 m of pipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[CleanLine, Field(min_length=1, max_length=120)]
    quantity: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
    unit: Annotated[CleanLine, Field(min_length=1, max_length=30)]

    def build_material(self) -> Material:
        """As the work keeps it; a thousandth is as fine as anybody measures."""
        return Material(name=self.name, quantity=max(round(self.quantity, 3), 0.001), unit=self.unit)


class Complete(Body):
    """How it ended. `before` and `photos`: paths that `POST …/photos` has answered, of how it was found and left;
    `minutes` of work, all hands together."""

    outcome: Finding = "fixed"
    note: Note | None = None
    before: Photos = []
    photos: Photos = []
    materials: Annotated[list[Used], Field(max_length=20)] = []
    minutes: Annotated[int, Field(ge=1, le=10_080)] | None = None

    def words(self) -> dict[str, Any]:
        """The same, with what was used up as the domain's materials."""
        return {**super().words(), "materials": [used.build_material() for used in self.materials]}


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
    """To which team, and to whom of them."""

    team: Code
    person: Sub | None = None
    reason: Note | None = None


class Prioritise(Body):
    """How urgent it is after all, and why."""

    priority: Priority
    reason: Note | None = None


class Cancel(Body):
    """How it ends without work; the resident reads the reason."""

    outcome: Ending
    reason: Reason


class OfTeam(BaseModel):
    """What one team is to do; without a priority as urgent as the whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: Code
    task: Annotated[CleanText, Field(min_length=1, max_length=2000)]
    priority: Priority | None = None


class Split(Body):
    """The shares of several teams; said again of split work it adds some."""

    shares: Annotated[list[OfTeam], Field(min_length=1, max_length=CHILDREN_MOST)]

    def words(self) -> dict[str, Any]:
        """The teams' shares as the domain knows them."""
        return {"shares": [Share(one.team, one.task, one.priority) for one in self.shares]}


class Verify(Body):
    """It is done; what there is to remark."""

    note: Note | None = None


class SendBack(Body):
    """What is still to be done; the crew reads it."""

    reason: Reason


class Adopt(Body):
    """What came too late, by the id of its step in the history."""

    step: Annotated[str, Field(min_length=1, max_length=200)]


class PutAside(Adopt):
    """What came too late and the work does not need, by the id of its step in the history."""
