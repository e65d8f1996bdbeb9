"""Pools: how much may be under way at once towards each destination, so that a slow one holds up only itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

MOST = 32  # of a pool that nobody has given a limit: its work may talk to providers


class Pools:
    """The limits that a service declares. `webhook` is also the limit of each pool that is called `webhook:…`."""

    def __init__(self) -> None:
        self._most: dict[str, int] = {}

    def limit(self, name: str, most: int) -> None:
        """At most so much at once in this pool, by all replicas together (but at least one by each)."""
        self._most[name] = most

    def most(self, pool: str, replicas: int) -> int:
        """What one of so many replicas may have under way."""
        family = pool.partition(":")[0]
        declared = self._most.get(pool, self._most.get(family))
        return MOST if declared is None else max(1, declared // replicas)


class UnderWay:
    """Which cases have a moment under way, by pool: the same case is not begun twice in one."""

    def __init__(self) -> None:
        self._cases: dict[str, set[str]] = defaultdict(set)
        self._looks: list[list[tuple[str, str]]] = []  # of each look under way, what has ended since it began

    @contextmanager
    def note_ends(self) -> Iterator[list[tuple[str, str]]]:
        """Pools and cases whose work ends within: what was asked for before may show them as they were."""
        ended: list[tuple[str, str]] = []
        self._looks.append(ended)
        try:
            yield ended
        finally:
            self._looks = [one for one in self._looks if one is not ended]

    def begin(self, pool: str, case_id: str) -> None:
        """A moment of that case is under way from now on."""
        self._cases[pool].add(case_id)

    def end(self, pool: str, case_id: str) -> None:
        """It has ended; whoever looks at the database meanwhile is told (`note_ends`)."""
        self._cases[pool].discard(case_id)
        for ended in self._looks:
            ended.append((pool, case_id))
        if not self._cases[pool]:
            del self._cases[pool]  # of a thousand pools few are in use

    def has(self, pool: str, case_id: str) -> bool:
        """Whether a moment of that case is under way in this pool."""
        return case_id in self._cases.get(pool, ())

    def count(self, pool: str) -> int:
        """How many cases have a moment under way in this pool."""
        return len(self._cases.get(pool, ()))

    @property
    def by_pool(self) -> Mapping[str, int]:
        """How many are in work in each pool that has any."""
        return {pool: len(cases) for pool, cases in self._cases.items()}
