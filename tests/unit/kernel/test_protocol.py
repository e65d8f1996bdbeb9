"""The kernel's protocol as a model: whatever is lost, repeated or killed, each effect happens once, in order."""

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from shared.events.envelope import read_envelope
from shared.events.ids import derive_id
from shared.events.reports import ReportCommented
from shared.kernel.attempts import REST_SECONDS
from shared.kernel.case import Cause
from shared.kernel.errors import Transient
from tests.support.campaign import MET, explore, explore_for_minutes
from tests.support.clocks import HOUR, Clock, go_by_clocks
from tests.support.next_release import CHECKED, NewerRelease
from tests.support.node import Node, Release, World, order_of
from tests.support.simulation import TOPIC, Fault, Message, Script, partition_of
from tests.support.virtual_time import VirtualLoop

# The same on each run, so that the same draw is the same schedule; of both partitions.
CASES = tuple(f"01KB57W4K0000000000000000{number}" for number in range(3))
NODES = 2
STEPS = 25  # of a schedule
RESTED = REST_SECONDS[1]
FATES: tuple[Fault, ...] = (
    "ok",
    "ok",
    "ok",
    "slow",
    "late",
    "lost",
    "unacknowledged",
    "twice",
    "die before",
    "die after",
)
scripts = st.lists(st.sampled_from(FATES), max_size=12)
nodes = st.integers(0, NODES - 1)
partitions = st.integers(0, 1)
actions = st.lists(
    st.tuples(
        st.sampled_from(("drain", "sweep", "consume", "timer", "submit", "publish", "jump")), nodes, st.integers(0, 2)
    ),
    min_size=1,
    max_size=5,
)


class Protocol(RuleBasedStateMachine):
    """Two processes over one store and one broker; rules act, the end lets everything arrive and compares."""

    requests = Bundle("requests")

    @initialize()
    def begin(self) -> None:
        """An empty world."""
        self.loop = VirtualLoop()
        self.times = go_by_clocks(self.loop.clock)
        self.world = World()
        self.clocks = [Clock(self.loop.clock) for _ in range(NODES)]  # of machines: who dies there is replaced there
        self.releases = [Release()] * NODES
        self.nodes = [self._node(number) for number in range(NODES)]
        self.sent: dict[str, str] = {}  # cause id → case id, of every request ever made
        self.accepted: set[str] = set()  # causes whose client saw an answer
        self.replayed = False
        self.untold: dict[str, str] = {}  # cause → case of news whose publisher died, or heard of an outage
        MET["schedules", "all"] += 1

    @invariant()
    def count(self) -> None:
        """One more step."""
        MET["steps", "all"] += 1

    @rule(target=requests, number=st.integers(0, 2), node=nodes, script=scripts)
    def submit(self, number: int, node: int, script: Sequence[Fault]) -> tuple[int, Cause]:
        """A client asks for something once."""
        cause = self._cause(node)
        self._act(script, [(node, self._submission(node, number, cause))])
        return number, cause

    @rule(request=requests, node=nodes, script=scripts)
    def submit_again(self, request: tuple[int, Cause], node: int, script: Sequence[Fault]) -> None:
        """A client that saw no answer asks again with the same key."""
        self._act(script, [(node, self._submission(node, *request))])

    @rule(chosen=actions, script=scripts)
    def together(self, chosen: Sequence[tuple[str, int, int]], script: Sequence[Fault]) -> None:
        """Several things at once, in both processes."""
        self._act(script, [(node, self._action(kind, node, number)) for kind, node, number in chosen])

    @rule(number=st.integers(0, 2), node=nodes, script=scripts)
    def crowd(self, number: int, node: int, script: Sequence[Fault]) -> None:
        """Several clients change one case at the same time, through one process: their steps fold."""
        self._act(script, [(node, self._action("submit", node, number)) for _ in range(4)])

    @rule(number=st.integers(0, 2), node=nodes, sending=scripts, taking=scripts)
    def burst(self, number: int, node: int, sending: Sequence[Fault], taking: Sequence[Fault]) -> None:
        """One case changes several times, and all of it leaves at once and comes to its reader in one batch."""
        for _ in range(3):
            self._act([], [(node, self._action("submit", node, number))])
        self._act(sending, [(node, self._action("drain", node, number))])
        for partition in (0, 1):
            self._act(taking, [(node, self.nodes[node].consume(partition, 50))])

    @rule(node=nodes, number=st.integers(0, 2))
    def jump(self, node: int, number: int) -> None:
        """A clock is wrong from now on, by an hour, or is set right."""
        self.clocks[node].ahead = (number - 1) * HOUR
        MET["faults", "a clock jumps"] += 1

    @rule(node=nodes)
    def update(self, node: int) -> None:
        """A process is replaced by one of the other release: an update, or a rollback."""
        newer = isinstance(self.releases[node], NewerRelease)
        self.releases[node] = Release() if newer else NewerRelease()
        self.nodes[node] = self._node(node)
        MET["faults", "a rollback" if newer else "an update"] += 1

    @rule(partition=partitions)
    def poison(self, partition: int) -> None:
        """Somebody writes nonsense on the topic."""
        MET["faults", "nonsense on the topic"] += 1
        records = self.world.broker.log[partition]
        records.append(Message(TOPIC, partition, len(records), b"x", b"\xff{", [("ce_id", None), ("ce_type", b"\xff")]))

    @rule()
    def begin_rejecting(self) -> None:
        """The handler refuses every second event, until the operator replays."""
        self.world.rejecting = True

    @rule()
    def replay(self) -> None:
        """An operator mends the handler and replays all dead letters, also those that were replayed before."""
        self.world.rejecting = False
        for record in list(self.world.broker.parked):
            if record.key is not None and record.key != b"x":
                self.world.broker.append(record.key.decode(), record.value, record.headers)
                MET["faults", "a dead letter comes again"] += 1
                self.replayed = True

    def teardown(self) -> None:
        """All is well again; whatever was begun must now arrive, once, in order: both releases are there."""
        try:
            self._end()
        finally:
            self.loop.close()
            self.times.undo()

    def _end(self) -> None:
        for clock in self.clocks:
            clock.ahead -= clock.ahead
        self.replay()
        self.world.broker.parked.clear()
        self.releases = [NewerRelease(), Release()]
        self.nodes = [self._node(number) for number in range(NODES)]
        for cause_id, case_id in self.untold.items():
            self._act([], [(0, self.nodes[0].publish(case_id, Cause(cause_id, "", self.loop.clock())))])
        for _ in range(3):
            self._act([], [(1, self.nodes[1].look())])
            self._act([], [(0, self.nodes[0].sweep())])
            for partition in (0, 1):
                while self.world.broker.poll(partition, 1):
                    self._act([], [(1, self.nodes[1].consume(partition, 50))])
            self.loop.run_until_complete(asyncio.sleep(RESTED))  # what failed rests, longer each time
            self._act([], [(0, self.nodes[0].look())])
        assert self.world.parked == self.world.orders.bugs == [], "a timer's handler failed as a bug"
        self._check_writers()
        self._check_readers()
        self._check_followers()
        self._check_releases()
        assert all(one.key == b"x" for one in self.world.broker.parked), "an event of the other release was refused"

    def _check_releases(self) -> None:
        """What the newer one has written stands, and only it did what only it can do."""
        for row in self.world.orders.rows.values():
            checked = row.document.get("quality") == CHECKED
            assert checked == (row.document["state"] == CHECKED)
            assert row.document.get("inspected", 0) == checked, "a moment of the newer release was lost, or came twice"
        assert not self.world.orders.lost, "what the newer release had stored is gone"

    def _check_writers(self) -> None:
        for case_id, row in self.world.reports.rows.items():
            causes = row.state.causes
            assert len(causes) == len(set(causes)), "a request took effect twice"
            assert all(self.sent[cause] == case_id for cause in causes)
            assert not row.outbox, "an event was never published"
            assert row.case.sequences.get("reports", 0) == len(self._events(case_id))
            assert len(self._comments(case_id)) == len(causes)
        kept = {cause for row in self.world.reports.rows.values() for cause in row.state.causes}
        assert self.accepted <= kept, "an accepted request was lost"

    def _check_readers(self) -> None:
        for case_id in self.world.reports.rows:
            order: Any = self.world.orders.rows[order_of(case_id)].state
            assert sorted(order.taken) == self._comments(case_id), "an event was lost or took effect twice"
            in_time = [sequence for sequence in order.taken if sequence not in order.late]
            assert in_time == sorted(in_time), "an event moved state back"
            assert self.replayed or not order.late, "events of a case came out of order"
            assert order.woken == 1, "a timer did not fire once"
        for records in self.world.broker.log.values():
            self._check_sequences(records)

    def _check_followers(self) -> None:
        """Whoever writes and then reads misses nothing, and nobody acts twice on one claim."""
        for case_id in CASES:
            news = self.world.news.rows.get(derive_id(case_id, "news"))
            reader = self.world.readers.rows.get(derive_id(case_id, "reader"))
            if news and reader:
                assert set(news.state.told) == set(reader.state.told), "a reader missed news"
        assert len(self.world.mails) == len(set(self.world.mails)), "a mail left twice"

    def _check_sequences(self, records: Sequence[Message]) -> None:
        """Per case: the first copies carry 1, 2, 3 … in this order, and a sequence always means the same event."""
        seen: dict[str, dict[int, str]] = {}
        for record in records:
            if record.key != b"x":
                envelope = read_envelope(record.headers)
                events = seen.setdefault(envelope.subject, {})
                assert events.setdefault(envelope.sequence, envelope.id) == envelope.id
                assert list(events) == list(range(1, len(events) + 1)), "a gap, or an event before its predecessor"

    def _events(self, case_id: str) -> dict[int, str]:
        """Those of the case that were published: sequence → type."""
        records = [one for one in self.world.broker.log[partition_of(case_id)] if one.key == case_id.encode()]
        envelopes = [read_envelope(record.headers) for record in records]
        return {envelope.sequence: envelope.type for envelope in envelopes}

    def _comments(self, case_id: str) -> list[int]:
        """The sequences of those that both releases know."""
        return sorted(s for s, kind in self._events(case_id).items() if kind == ReportCommented.type)

    def _node(self, number: int) -> Node:
        return Node(self.world, self.clocks[number], self.releases[number])

    def _cause(self, node: int) -> Cause:
        return self.clocks[node].context().run(Cause.request)

    def _submission(self, node: int, number: int, cause: Cause) -> Coroutine[Any, Any, None]:
        case_id = CASES[number]
        self.sent[cause.id] = case_id

        async def ask() -> None:
            await self.nodes[node].submit(case_id, cause)
            self.accepted.add(cause.id)

        return ask()

    def _publication(self, node: int, number: int, cause: Cause) -> Coroutine[Any, Any, None]:
        self.untold[cause.id] = CASES[number]

        async def publish() -> None:
            await self.nodes[node].publish(CASES[number], cause)
            del self.untold[cause.id]

        return publish()

    def _action(self, kind: str, node: int, number: int) -> Coroutine[Any, Any, Any]:
        on = self.nodes[node]
        match kind:
            case "submit":
                return self._submission(node, number, self._cause(node))
            case "drain":
                return on.relay.drain()
            case "sweep":
                return on.sweep()
            case "publish":
                return self._publication(node, number, self._cause(node))
            case "consume":
                return on.consume(number % 2, 1 + number * 3)
            case "jump":
                return self._jump(node, number)
            case _:
                return on.look()

    async def _jump(self, node: int, number: int) -> None:
        self.jump(node, number)

    def _act(self, script: Sequence[Fault], work: Sequence[tuple[int, Coroutine[Any, Any, Any]]]) -> None:
        """Run it all at once under the script; the dead are replaced by new processes afterwards."""
        self.world.script = Script(script)
        self.loop.run_until_complete(self._run([(self.nodes[node], coroutine) for node, coroutine in work]))
        MET["faults", "a process is killed"] += sum(node.process.dead.is_set() for node in self.nodes)
        for number, node in enumerate(self.nodes):
            if node.process.dead.is_set():
                self.nodes[number] = self._node(number)

    async def _run(self, work: Sequence[tuple[Node, Coroutine[Any, Any, Any]]]) -> None:
        tasks = {asyncio.create_task(coroutine, context=node.clock.context()): node for node, coroutine in work}
        deaths = {asyncio.create_task(node.process.dead.wait()): node for node in set(tasks.values())}
        while waiting := [task for task, node in tasks.items() if not task.done() and not node.process.dead.is_set()]:
            await asyncio.wait([*waiting, *(d for d in deaths if not d.done())], return_when=asyncio.FIRST_COMPLETED)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, Transient | asyncio.CancelledError):
                raise result
        await asyncio.gather(*deaths, return_exceptions=True)


def test_every_schedule_ends_with_each_effect_once_and_in_order() -> None:
    explore(Protocol, 80, STEPS)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_thousands_of_schedules_end_with_each_effect_once_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    met = explore_for_minutes(Protocol, 40)
    with capsys.disabled():
        sys.stdout.write(met)
