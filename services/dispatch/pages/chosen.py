"""Which work an officer wants to see: the form of the filter, shared by list and map, and kept by saved filters."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.commands import read_typed_reference
from services.dispatch.domain.ladder import teams_meant
from services.dispatch.domain.states import OPEN, UNSEEN
from services.dispatch.queries import Filter, Span
from shared.times import read_local_time
from shared.town import Town

NO_ZONE = "-"  # outside all zones, or without a place
Chosen = Annotated[str, Field(max_length=100)]


class Wanted(BaseModel):
    """An empty field means all."""

    model_config = ConfigDict(frozen=True)

    team: Chosen = ""
    state: Chosen = "open"  # or one state, or `unseen`: nobody has taken it
    category: Chosen = ""
    priority: Chosen = ""
    zone: Chosen = ""
    level: Chosen = ""
    reference: Chosen = ""
    q: Chosen = ""  # words of its text or place, as a caller says them
    sort: Chosen = ""  # `due`: the most urgent first; else the newest
    late: Chosen = ""
    to_verify: Chosen = ""
    since: Chosen = ""  # days of the town's calendar, both included, on which it was received
    until: Chosen = ""
    dates: Chosen = ""  # `done`: on which it was done
    waits_for: Chosen = ""  # why it is paused
    again: Chosen = ""  # it was reported as not settled
    broken: Chosen = ""  # it was done after its due time

    @property
    def asked(self) -> Mapping[str, str]:
        """What differs from what the page shows anyway: as an address carries it, and as it is saved."""
        plain = Wanted()
        return {name: value for name, value in self if value != getattr(plain, name)}

    @property
    def words(self) -> str:
        """Only work in which these are found."""
        return self.q.strip()

    @property
    def by_due(self) -> bool:
        """In the order in which it is due."""
        return self.sort == "due"

    def state_for(self, town: Town) -> str:
        """Who types a reference means that case, also when its work is over, and what was done is not open: the form's
        first choice hides none."""
        about_all = read_typed_reference(town, self.reference) or self._span(town, "done") or self.broken
        return "" if about_all and self.state == "open" else self.state

    def filter(self, town: Town, at: datetime, *, placed: bool = False) -> Filter:
        """As the store is asked for it."""
        state = self.state_for(town)
        late = self.late and state not in (*OPEN, "unseen")  # only what is open can be
        states = OPEN if state == "open" or late else UNSEEN if state == "unseen" else (state,) if state else ()
        if self.to_verify or self.waits_for:  # that says more than any choice of states
            states = () if self.to_verify else ("paused",)
        return Filter(
            teams=teams_meant(town, self.team),
            states=states,
            category=self.category or None,
            level=self.level or None,
            late_at=at if self.late else None,
            reference=read_typed_reference(town, self.reference),
            priority=self.priority or None,
            zone=self.zone if self.zone != NO_ZONE and self.zone else None,
            no_zone=self.zone == NO_ZONE,
            received=self._span(town, ""),
            finished=self._span(town, "done"),
            placed=placed,
            to_verify=bool(self.to_verify),
            waits_for=self.waits_for or None,
            again=bool(self.again),
            broken=bool(self.broken),
        )

    def _span(self, town: Town, dates: str) -> Span | None:
        """From the first moment of one day to the last of the other, where days of that kind are asked for."""
        zone = town.calendar.zone
        first, last = _day(self.since, zone), _day(self.until, zone)
        if self.dates != dates or not (first or last):
            return None
        begin = datetime.combine(first, time.min, zone) if first else None
        end = datetime.combine(last + timedelta(days=1), time.min, zone) if last else None
        return begin, end


def _day(typed: str, zone: ZoneInfo) -> date | None:
    """What is no day of our time asks for nothing."""
    try:
        return read_local_time(f"{typed}T00:00", zone).astimezone(zone).date()
    except ValueError:
        return None
