"""What is asked of the stored reports, as the database understands it; only `store.py` sends it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.states import ENDED, OPEN


@dataclass(frozen=True)
class Filter:
    """Which public reports; None: any. All that is given must hold. `bounds`: west, south, east, north."""

    open: bool | None = None
    states: Sequence[str] = ()
    categories: Sequence[str] = ()
    bounds: tuple[float, float, float, float] | None = None
    updated_since: datetime | None = None
    zones: Sequence[str] = ()
    withdrawn: bool = True  # with those that were taken back

    def query(self) -> dict[str, Any]:
        """The query for listed reports that all of what is given holds for."""
        query: dict[str, Any] = {"state.listed": True}
        if (states := self._states()) is not None:
            query["state.state"] = {"$in": states}
        if self.categories:
            query["state.category"] = {"$in": list(self.categories)}
        if self.zones:
            query["state.zone"] = {"$in": list(self.zones)}
        if not self.withdrawn:
            query["state.outcome"] = {"$ne": "withdrawn"}
        if self.updated_since:
            query["state.updated_at"] = {"$gte": self.updated_since}
        if self.bounds:
            west, south, east, north = self.bounds
            # Flat comparison instead of $geoWithin: a box on a sphere has bent edges, a map's has straight ones.
            across = {"$not": {"$gt": east, "$lt": west}}  # a box over the 180th meridian
            query["state.shown_at.0"] = {"$gte": west, "$lte": east} if west <= east else across
            query["state.shown_at.1"] = {"$gte": south, "$lte": north}
        return query

    def _states(self) -> list[str] | None:
        """Those that `open` and `states` both allow."""
        if self.open is None:
            return list(self.states) or None
        allowed = OPEN if self.open else ENDED
        return [state for state in allowed if not self.states or state in self.states]
