"""Who of those that sign or examine is away, as it was marked at the desk. Key and subject: the id of the town's list.
Read by notify, which tells whoever takes their place. Offices and teams by their codes, and nobody's name.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.events.base import Code, Event, Instant, Internal, Part, ShortText
from shared.events.ids import derive_id
from shared.events.work_orders import Level

ABSENCE_LIST = derive_id("0" * 26, "absences")  # a town has one
StandInCapacity = Literal["acting", "delegated"]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class AwayOffice(Part):
    """An office that signs, or the examiners of a team, and who takes their place."""

    id: Internal[ShortText]
    """Which absence it is."""
    office: Internal[Code | None] = None
    """The office that signs, by the profile's code; null: it is a team."""
    team: Internal[Code | None] = None
    """The team whose examiners are away; null: it is an office."""
    deputy: Internal[Code]
    """The office, or the team, that takes their place."""
    first_day: Internal[Day]
    """From the beginning of that day in town."""
    last_day: Internal[Day]
    """To the end of that day in town."""
    capacity: Internal[StandInCapacity] = "acting"
    """In which a deputy signs."""
    order: Internal[ShortText]
    """The written order that it rests on."""
    level: Internal[Level | None] = None
    """The rung of the ladder that the office holds, whose warnings reach the deputy too; null: none."""
    ended_at: Internal[Instant | None] = None
    """Since when it counts no more, before its last day; null: it was not ended early."""


class AbsencesChanged(Event):
    """An absence was marked, or ended early. The whole list comes each time, so whoever misses one has lost nothing."""

    type = "onestop.absences.changed.v1"
    family = "absences"
    actor: Internal[ShortText]
    """The member of the staff, by the subject of the sign-in."""
    absences: Internal[list[AwayOffice]]
    """All that is kept: what is to come, what counts today, and what is over."""


ABSENCE_EVENTS: tuple[type[Event], ...] = (AbsencesChanged,)
