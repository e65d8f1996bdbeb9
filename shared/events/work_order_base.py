"""What all events of work orders share: the lists of values, and the fields that each of them has."""

from typing import Literal

from pydantic import Field

from shared.events.base import (
    CaseId,
    Code,
    Event,
    ForStaff,
    Instant,
    Internal,
    Part,
    Public,
    Reference,
    ShortText,
)

Level = Literal["triage", "crew", "head", "director", "clerk", "mayor", "agency"]
Priority = Literal["emergency", "high", "normal", "low"]
PauseReason = Literal["part", "weather", "reporter", "agency", "other"]
Stage = Literal["on_the_way", "on_site"]
Clock = Literal["acknowledge", "resolve"]
CheckedBy = Literal["staff", "reporter"]


class Material(Part):
    """What a crew used up."""

    name: ForStaff[ShortText]
    """What, in the crew's words."""
    quantity: Internal[float] = Field(gt=0)
    """How much, in `unit`."""
    unit: ForStaff[ShortText]
    """Metres, pieces, bags."""


class WorkOrderEvent(Event):
    """Common to all: the one report it is about, and the team and level that hold it now."""

    family = "work-orders"
    report_id: Public[CaseId]
    """The id of the report that the work is about: `ce_subject` on `public.reports.v1`."""
    reference: Public[Reference]
    """The report's reference."""
    category: Public[Code]
    """The report's category as it is after this event."""
    sensitive: Public[bool] = False
    """The category hides from the public where it is, what was answered, and all words."""
    shown: Internal[bool] = True
    """The public may hear of the work; false: its category is kept from the public."""
    team: Public[Code | None] = None
    """The town's team that holds it; null: it waits in triage for a person to choose."""
    level: Public[Level] = "crew"
    """The rung that holds it."""
    agency: Public[Code | None] = None
    """The agency outside the town that has the work, or that this event is about; null: none. Also `ce_agency`."""
    parent: Public[CaseId | None] = None
    """The work order that was split, where this is one team's share of it; null: it is the whole. Of a share the
    report's people are told nothing: they follow the whole."""
    person: Internal[ShortText | None] = None
    """The one of the team who has it, by the subject of the sign-in; null: nobody alone."""
    actor: Internal[ShortText | None] = None
    """The staff member's subject id; null: the system did it."""
    happened_at: Public[Instant | None] = None
    """When it happened by the device's clock, where it was told later than it happened; `ce_time` is when we heard."""
