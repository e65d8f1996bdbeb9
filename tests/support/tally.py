"""A case that counts, on a store that counts too, and a consumer that adds to it: for tests of steps and of batches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.events.base import Event
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import derive_id, new_id
from shared.events.reports import ReportCommented
from shared.events.topics import internal
from shared.kernel import Cause, DuplicateKey, Reject, Step, StoredModel
from shared.kernel.cases import Cases
from shared.kernel.consume import Inbox
from shared.kernel.write import Write
from tests.support.memory import Fate, MemoryCases

REPORTS = internal("reports")


class Tally(StoredModel):
    """A case that counts."""

    taken: tuple[str, ...] = ()


class Watched(MemoryCases):
    """Counts loads and writes; objects to a value that another case is said to hold."""

    def __init__(self, fates: list[Fate] | None = None) -> None:
        super().__init__(None, fates or [])
        self.loads = self.saves = 0
        self.taken_elsewhere: set[str] = set()

    async def load(self, ids: Sequence[str]) -> Sequence[Any]:
        self.loads += 1
        await asyncio.sleep(0)
        return await super().load(ids)

    async def save(self, writes: Sequence[Write[Any]]) -> Sequence[BaseException | None]:
        self.saves += 1
        await asyncio.sleep(0)
        wrong = [self.taken_elsewhere & set(write.state.taken) for write in writes]
        answers = await super().save([write for write, bad in zip(writes, wrong, strict=True) if not bad])
        return [DuplicateKey("state.taken")] if any(wrong) else answers


@dataclass
class Desk:
    """One case of one process."""

    store: Watched
    decisions: list[str] = field(default_factory=list)
    case_id: str = field(default_factory=new_id)
    is_new: bool = False

    def __post_init__(self) -> None:
        self.cases: Cases[Tally] = Cases("tallies", self.store, source="/town/test")

    async def add(self, word: str, cause: Cause | None = None, case_id: str | None = None) -> Any:
        def decide(state: Tally | None, _: Cause) -> Step[Tally]:
            self.decisions.append(word)
            if word.startswith("no"):
                raise Reject("not-this", f"after {state.taken if state else []}")
            if word.startswith("bug"):
                raise ZeroDivisionError
            return Step(Tally(taken=(*(state.taken if state else ()), word)))

        return await self.cases.step(case_id or self.case_id, decide, cause or Cause.request(), is_new=self.is_new)

    def taken(self, case_id: str | None = None) -> list[str]:
        state: Any = self.store.states()[case_id or self.case_id]
        return list(state.taken)


@dataclass
class Record:
    """One record of the topic."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    key: bytes | None
    offset: int
    topic: str = REPORTS
    partition: int = 0
    timestamp: int = 0


def comment(text: str, sequence: int, subject: str, event_id: str | None = None) -> Record:
    event = ReportCommented(reference="MH-TEST-0001", category="other", by="public", text=text)
    cause = Cause.request()
    envelope = Envelope(
        id=event_id or new_id(), source="/town/intake", type=event.type, subject=subject, time=cause.at,
        sequence=sequence, causation_id=cause.id, correlation_id=subject,
    )  # fmt: skip
    return Record(encode(event.data()), to_headers(envelope), subject.encode(), sequence - 1)


@dataclass
class Reader:
    """A consumer whose handler adds each comment's text to the case of its report."""

    desk: Desk = field(default_factory=lambda: Desk(Watched()))
    parked: list[str] = field(default_factory=list)
    before: Callable[[str], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.inbox = Inbox("test", self._park, wait=_at_once)
        self.inbox.handlers[REPORTS] = self._on_report

    async def _park(self, _record: Any, reason: str, _why: str) -> None:
        self.parked.append(reason)

    async def _on_report(self, event: Event, envelope: Envelope, cause: Cause) -> None:
        assert isinstance(event, ReportCommented)
        if self.before:
            await self.before(event.text)
        await self.desk.add(event.text, cause, derive_id(envelope.subject, "tally"))

    def taken(self, subject: str) -> list[str]:
        return self.desk.taken(derive_id(subject, "tally"))


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)
