"""An outlet of a relay: the cases whose next events go to the same partitions, and so wait for the same brokers."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from shared.kernel.outbox import Entry

ROUND = 200  # cases of one outlet under way at once, and as many whose events wait in memory for their turn
WAIT_MOST = 5000  # cases that an outlet knows of; in an outage more wait, and the sweep finds them
FOUND_KEPT = 5000  # events; longer than any save waits to tell of itself


@dataclass(eq=False)
class Outlet:
    """What waits in it, and what is under way."""

    waiting: dict[str, Sequence[Entry] | None] = field(default_factory=dict)  # first saved, first; None: to be read
    flight: asyncio.Task[Exception | None] | None = None
    rests_until: float = 0.0  # loop time

    @property
    def is_ready(self) -> bool:
        """Something waits, and nothing is under way."""
        return bool(self.waiting) and (self.flight is None or self.flight.done())

    def add(self, case_id: str, entries: Sequence[Entry] | None) -> bool:
        """This waits, after what waits already; False: too many do."""
        before = self.waiting.get(case_id, ())
        if case_id not in self.waiting and len(self.waiting) >= WAIT_MOST:
            return False
        is_kept = case_id in self.waiting or len(self.waiting) < ROUND  # an event has several kB
        known = is_kept and before is not None and entries is not None
        self.waiting[case_id] = (*(before or ()), *(entries or ())) if known else None
        return True

    def take(self) -> dict[str, Sequence[Entry] | None]:
        """The next round; a save during it wakes its case again."""
        taken = dict(islice(self.waiting.items(), ROUND))
        for case_id in taken:
            del self.waiting[case_id]
        return taken

    def put_back(self, cases: Sequence[str]) -> None:
        """In front; what failed is in its outbox still, before whatever was saved since."""
        self.waiting = dict.fromkeys(cases) | {one: told for one, told in self.waiting.items() if one not in cases}


class Found:
    """Events found in outboxes lately; the save that is about to tell of one of them need not send it again."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def __contains__(self, entry: Entry) -> bool:
        return entry.id in self._ids

    def note(self, entries: Iterable[Entry]) -> None:
        """These are published by who looked."""
        self._ids |= dict.fromkeys(entry.id for entry in entries)
        for old in list(islice(self._ids, max(0, len(self._ids) - FOUND_KEPT))):
            del self._ids[old]
