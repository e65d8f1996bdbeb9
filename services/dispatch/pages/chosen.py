"""Which work an officer wants to see: the form of the filter, shared by list and map, and kept by saved filters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.commands import read_typed_reference
from services.dispatch.domain.states import OPEN
from services.dispatch.queries import Filter
from shared.town import Town

Chosen = Annotated[str, Field(max_length=100)]


class Wanted(BaseModel):
    """An empty field means all."""

    model_config = ConfigDict(frozen=True)

    team: Chosen = ""
    state: Chosen = "open"
    category: Chosen = ""
    priority: Chosen = ""
    zone: Chosen = ""
    level: Chosen = ""
    reference: Chosen = ""
    late: Chosen = ""
    to_verify: Chosen = ""

    @property
    def asked(self) -> Mapping[str, str]:
        """What differs from what the page shows anyway: as an address carries it, and as it is saved."""
        plain = Wanted()
        return {name: value for name, value in self if value != getattr(plain, name)}

    def state_for(self, town: Town) -> str:
        """Who types a reference means that case, also when its work is over: the form's first choice hides none."""
        return "" if read_typed_reference(town, self.reference) and self.state == "open" else self.state

    def filter(self, town: Town, at: datetime, *, placed: bool = False) -> Filter:
        """As the store is asked for it."""
        state = self.state_for(town)
        states = OPEN if state == "open" or self.late else (state,) if state else ()
        states = () if self.to_verify else states  # that says more than any choice of states
        return Filter(
            teams=(self.team,) if self.team else (),
            states=states,
            category=self.category or None,
            level=self.level or None,
            late_at=at if self.late else None,
            reference=read_typed_reference(town, self.reference),
            priority=self.priority or None,
            zone=self.zone or None,
            placed=placed,
            to_verify=bool(self.to_verify),
        )
