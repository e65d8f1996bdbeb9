"""When a consumer stops: before our fault, or a release that does not fit, empties its topic into the dead letters."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """How many of the last records may end in one way: fewer than `least`, or a smaller share than `most`."""

    least: int
    most: float


# Bugs are ours. A few records that cannot be read or are refused are somebody's mistake, and parked; when they are a
# good part of the traffic, a release does not fit its neighbours.
SHARES = {"bug": Share(10, 0.1), "undecodable": Share(50, 0.25), "reject": Share(100, 0.5)}


class Breaker:
    """Trips when too many of the last records end in the dead letters, each reason by its own share.

    `trips_on`: the reasons that stop the consumer at all.
    """

    def __init__(self, window: int = 200, trips_on: Collection[str] = frozenset(SHARES)) -> None:
        self._outcomes: deque[str] = deque(maxlen=window)
        self._trips_on = trips_on

    def note(self, outcome: str) -> bool:
        """Add what became of one record; True when the consumer must stop."""
        self._outcomes.append(outcome)
        share = SHARES.get(outcome) if outcome in self._trips_on else None
        alike = self._outcomes.count(outcome)
        return share is not None and alike >= share.least and alike >= share.most * len(self._outcomes)
