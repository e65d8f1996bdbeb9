"""When a consumer stops: before our fault, or a release that does not fit, empties its topic into the dead letters."""

from collections import deque
from collections.abc import Collection, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """How many cases may end in one way among the last records: fewer than `least`, or a smaller share than `most`."""

    least: int
    most: float


# Bugs are ours. A few records that cannot be read or are refused are somebody's mistake, and parked; when they are a
# good part of the traffic, a release does not fit its neighbours.
THRESHOLDS = {"bug": Threshold(10, 0.1), "undecodable": Threshold(50, 0.25), "reject": Threshold(100, 0.5)}


class Breaker:
    """Trips when too many of the last records end in the dead letters, each reason by its own threshold. However many
    are of one case, they count once: what one of all cases brings upon itself stops nobody else's.

    `trips_on`: the reasons that stop the consumer at all.
    """

    def __init__(self, window: int = 200, trips_on: Collection[str] = frozenset(THRESHOLDS)) -> None:
        self._outcomes: deque[tuple[str, Hashable]] = deque(maxlen=window)
        self._trips_on = trips_on

    def note(self, outcome: str, case: Hashable = None) -> bool:
        """Add what became of one record of that case; True when the consumer must stop."""
        self._outcomes.append((outcome, case))
        threshold = THRESHOLDS.get(outcome) if outcome in self._trips_on else None
        if threshold is None:
            return False
        cases = len({of for ended, of in self._outcomes if ended == outcome})
        return cases >= threshold.least and cases >= threshold.most * len(self._outcomes)
