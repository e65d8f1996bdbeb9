"""Lanes: how much may be under way at once towards each destination, so that a slow one holds up only itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

MOST = 32  # of a lane that nobody has given a limit: its work may talk to providers


class Lanes:
    """The limits that a service declares. `webhook` is also the limit of each lane that is called `webhook:…`."""

    def __init__(self) -> None:
        self._most: dict[str, int] = {}

    def limit(self, name: str, most: int) -> None:
        """At most so much at once in this lane, by all replicas together (but at least one by each)."""
        self._most[name] = most

    def most(self, lane: str, replicas: int) -> int:
        """What one of so many replicas may have under way."""
        family = lane.partition(":")[0]
        declared = self._most.get(lane, self._most.get(family))
        return MOST if declared is None else max(1, declared // replicas)


class UnderWay:
    """Which cases are in work, by lane."""

    def __init__(self) -> None:
        self._cases: dict[str, set[str]] = defaultdict(set)
        self._looks: list[list[tuple[str, str]]] = []  # of each look under way, what has ended since it began

    @contextmanager
    def note_ends(self) -> Iterator[list[tuple[str, str]]]:
        """Lanes and cases whose work ends within: what was asked for before may show them as they were."""
        ended: list[tuple[str, str]] = []
        self._looks.append(ended)
        try:
            yield ended
        finally:
            self._looks = [one for one in self._looks if one is not ended]

    def begin(self, lane: str, case_id: str) -> None:
        """It is in work from now on."""
        self._cases[lane].add(case_id)

    def end(self, lane: str, case_id: str) -> None:
        """It no longer is."""
        self._cases[lane].discard(case_id)
        for ended in self._looks:
            ended.append((lane, case_id))
        if not self._cases[lane]:
            del self._cases[lane]  # of a thousand lanes few are in use

    def has(self, lane: str, case_id: str) -> bool:
        """Whether it is in work."""
        return case_id in self._cases.get(lane, ())

    def count(self, lane: str) -> int:
        """How many are in work."""
        return len(self._cases.get(lane, ()))

    @property
    def by_lane(self) -> Mapping[str, int]:
        """How many are in work in each lane that has any."""
        return {lane: len(cases) for lane, cases in self._cases.items()}
