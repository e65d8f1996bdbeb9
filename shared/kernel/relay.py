"""From outbox to topic: a case's events leave in order, and are taken out only after the broker has them."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import chain, takewhile
from typing import Any

from shared.kernel.clock import now
from shared.kernel.errors import say_error
from shared.kernel.failures import is_transient
from shared.kernel.gather import Gather
from shared.kernel.outbox import Entry
from shared.kernel.outlet import Found, Outlet
from shared.kernel.sending import SendAll, send_entries
from shared.kernel.store import Store
from shared.telemetry import get_log

log = get_log(__name__)

# Topic and key: where such a message goes. What goes to one place may have to wait for another there.
Place = Callable[[str, str], Hashable]

MOST = 500  # cases in one look of the sweep
GRACE = timedelta(seconds=1)  # the sweep leaves younger events to the process that saved them
REST_SECONDS = 1.0  # of an outlet that has failed
REPEAT_SECONDS = 60.0  # an outage that lasts is logged again so often


class Relay:
    """Publishes what the cases of one collection have in their outboxes. Who reads it stands in the catalogue of
    events (`Family.readers`); there `Inbox.take` goes on (`consume.py`), with what `bus.py` has polled.

    Woken right after a save it takes what that case tells; each sweep takes what a crash or an outage left. Events wait
    in outlets, by the partitions they go to, and no outlet waits for another: while a partition cannot be written, its
    own cases wait. Two relays at once publish some events twice, which consumers drop by `seen`. An event that waiting
    cannot help (larger than the broker takes) holds up its own case alone, which is `stuck`: each sweep tries it again.
    """

    def __init__(
        self, store: Store[Any], send_all: SendAll, place: Place = lambda *_: "", *, grace: timedelta = GRACE
    ) -> None:
        self._store = store
        self._send_all = send_all
        self._place = place
        self._grace = grace
        self._unread = Outlet()  # of cases of which only the outbox says where their events go
        self._outlets: dict[Hashable, Outlet] = {(): self._unread}
        self._at: dict[str, Outlet] = {}  # where each case waits or is under way: in one outlet at a time
        self._pull = Gather(self._pull_all)
        self._signal = asyncio.Event()
        self._found = Found()
        self._sweep_at = 0.0  # loop time
        self._page: set[str] | None = None  # what the last sweep found and is still there, where more waits behind it
        self._passed = 0  # of those that wait longest, so many are passed over
        self._told_at = -REPEAT_SECONDS  # loop time
        self._bug: Exception | None = None
        self.stuck: dict[str, str] = {}  # case → why its next event cannot leave

    def wake(self, case_id: str, entries: Sequence[Entry] | None = None) -> None:
        """This case has just been saved.

        `entries`: all that its outbox holds, from whoever saved it; None: it is to be read.
        """
        if entries is not None:
            entries = [entry for entry in entries if entry not in self._found]
            if not entries:
                return  # it was saved to wait for something and tells nothing, or what it tells was found before
        outlet = self._at.get(case_id) or (self._outlet_of(entries[0]) if entries else self._unread)
        self._wait_in(outlet, case_id, entries)

    @property
    def idle(self) -> bool:
        """True when everything woken so far is published."""
        return not self._at

    async def follow(self, sweep_seconds: float) -> None:
        """Publish what is woken, all outlets side by side, and sweep in time whatever the load.

        Ends by cancellation or by the first error that is no outage of an outlet; `Background.keep` begins it again,
        and it goes on where it was.
        """
        clock = asyncio.get_running_loop().time
        try:
            while True:
                self._signal.clear()
                if clock() >= self._sweep_at or self._is_page_done():
                    self._sweep_at = clock() + sweep_seconds  # before it: one that fails must not stand in the way
                    await self.sweep()
                self._begin_flights(clock())
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._next_at() - clock()):
                        await self._signal.wait()
                if self._bug:
                    bug, self._bug = self._bug, None
                    raise bug
        except asyncio.CancelledError:
            for flight in self._flights():
                flight.cancel()
            await asyncio.gather(*self._flights(), return_exceptions=True)
            raise

    async def drain(self) -> None:
        """Publish all that was woken so far; what fails stays woken."""
        while self._at:
            self._begin_flights(float("inf"))
            done, _ = await asyncio.wait(self._flights(), return_when=asyncio.FIRST_COMPLETED)
            for error in filter(None, [flight.result() for flight in done]):
                raise error

    async def sweep(self) -> int:
        """Wake what has waited longer than the grace, a page at a time; returns how many cases nobody had in hand.

        A page that is in hand and stays there, for its partition is not written, does not hide those behind it.
        """
        self._passed += len(self._page or ())
        self._page = None
        page = await self._store.unpublished(now() - self._grace, MOST, self._passed)
        found = [case_id for case_id in page if case_id not in self._at]
        for case_id in found:
            self._wait_in(self._unread, case_id, None)
        if len(page) == MOST:
            self._page = set(page)
        else:  # that was the last one; the next sweep begins with the oldest again
            if not self._passed:
                self.stuck = {case_id: why for case_id, why in self.stuck.items() if case_id in page}
            self._passed = 0
        return len(found)

    def _is_page_done(self) -> bool:
        """More waits than was taken in hand, most of which has left: as after an outage."""
        return self._page is not None and len(self._page) < MOST / 2

    def _outlet_of(self, entry: Entry) -> Outlet:
        places = tuple([self._place(message.topic, message.key) for message in entry.messages])
        if places not in self._outlets:
            self._outlets[places] = Outlet()
        return self._outlets[places]

    def _wait_in(self, outlet: Outlet, case_id: str, entries: Sequence[Entry] | None) -> None:
        if outlet.add(case_id, entries):
            self._at[case_id] = outlet
            self._signal.set()

    def _flights(self) -> list[asyncio.Task[Exception | None]]:
        return [outlet.flight for outlet in self._outlets.values() if outlet.flight and not outlet.flight.done()]

    def _begin_flights(self, at: float) -> None:
        for outlet in self._outlets.values():
            if outlet.is_ready and outlet.rests_until <= at:
                outlet.flight = asyncio.create_task(self._fly(outlet))

    def _next_at(self) -> float:
        """When there is something to do that nobody wakes us for."""
        resting = [outlet.rests_until for outlet in self._outlets.values() if outlet.is_ready]
        return min([self._sweep_at, *resting])

    async def _fly(self, outlet: Outlet) -> Exception | None:
        """One round after the other, until nothing waits in the outlet or something fails."""
        try:
            while outlet.waiting:
                taken = outlet.take()
                try:
                    kept = await self._publish(outlet, await self._know(taken))
                except BaseException:
                    outlet.put_back(list(taken))
                    raise
                for error in kept.values():
                    outlet.put_back(list(kept))
                    raise error
        except Exception as error:  # noqa: BLE001 - an outage is waited for, all else is raised by `follow`
            self._rest(outlet, error)
            return error
        finally:
            self._signal.set()
        return None

    def _rest(self, outlet: Outlet, error: Exception) -> None:
        at = asyncio.get_running_loop().time()
        outlet.rests_until = at + REST_SECONDS
        if not is_transient(error):
            self._bug = error
        elif at - self._told_at >= REPEAT_SECONDS:
            self._told_at = at
            log.warning("events wait to be published", extra={"cases": len(self._at), "why": say_error(error)})

    async def _know(self, taken: Mapping[str, Sequence[Entry] | None]) -> Sequence[tuple[str, Sequence[Entry]]]:
        unread = [case_id for case_id, entries in taken.items() if entries is None]
        read = dict(await self._store.outboxes(unread)) if unread else {}
        self._found.note(chain.from_iterable(read.values()))
        return [(case_id, entries or read.get(case_id, ())) for case_id, entries in taken.items()]

    async def _publish(self, outlet: Outlet, outboxes: Sequence[tuple[str, Sequence[Entry]]]) -> dict[str, Exception]:
        """Every case at once, each in order, as far as its events belong into this outlet; says which an outage keeps.

        What follows a failure stays too: the next event of a case is sent once the one before has been acknowledged.
        """
        left: dict[str, list[str]] = {}
        failures: dict[str, Exception] = {}
        waiting = [(case_id, iter(self._own(outlet, entries))) for case_id, entries in outboxes]
        while heads := [(case_id, later, entry) for case_id, later in waiting if (entry := next(later, None))]:
            outcomes = await send_entries(self._send_all, [(case_id, entry) for case_id, _, entry in heads])
            for (case_id, _, entry), failed in zip(heads, outcomes, strict=True):
                if failed is None:
                    left.setdefault(case_id, []).append(entry.id)
                else:
                    failures[case_id] = failed
            waiting = [(case_id, later) for case_id, later, _ in heads if case_id not in failures]
        if left:
            await self._pull(list(left.items()))
        kept = {case_id: failed for case_id, failed in failures.items() if is_transient(failed)}
        for case_id, entries in outboxes:
            self._note(case_id, failures.get(case_id))
            if case_id not in failures:
                self._go_on(outlet, case_id, entries[len(left.get(case_id, ())) :])
            elif case_id not in kept:
                self._leave(outlet, case_id)
        return kept

    def _own(self, outlet: Outlet, entries: Sequence[Entry]) -> Sequence[Entry]:
        return list(takewhile(lambda entry: outlet is not self._unread and self._outlet_of(entry) is outlet, entries))

    def _go_on(self, outlet: Outlet, case_id: str, rest: Sequence[Entry]) -> None:
        """Its next event may go elsewhere; what was saved meanwhile comes after."""
        if not rest:
            (self._page or set()).discard(case_id)
            self._leave(outlet, case_id)
            return
        del self._at[case_id]
        for entries in (rest, outlet.waiting.pop(case_id, ())):
            if entries != ():
                self._wait_in(self._outlet_of(rest[0]), case_id, entries)

    def _leave(self, outlet: Outlet, case_id: str) -> None:
        if case_id not in outlet.waiting:
            del self._at[case_id]

    async def _pull_all(self, rounds: Sequence[Sequence[tuple[str, Sequence[str]]]]) -> Sequence[None]:
        await self._store.pull(list(chain.from_iterable(rounds)))
        return [None] * len(rounds)

    def _note(self, case_id: str, error: Exception | None) -> None:
        """A case that waiting cannot help is left to the sweep."""
        if error is None:
            self.stuck.pop(case_id, None)
        elif not is_transient(error):
            if case_id not in self.stuck:
                log.error("an event cannot be published", extra={"case_id": case_id}, exc_info=error)
            self.stuck[case_id] = say_error(error)
