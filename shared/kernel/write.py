"""A case as it is stored, and what one step makes of it: one guarded write. Values only, no I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from shared.kernel.case import Cause, Step
from shared.kernel.moments import Kept
from shared.kernel.outbox import Entry, EntryMaker
from shared.kernel.trail import Line, changes_of

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Stored(Generic[S]):
    """A case as the store holds it, with the kernel's own bookkeeping; see `beside.py` for what has moved out."""

    id: str
    version: int
    state: S | None
    seen: Sequence[str] = ()  # causes that took effect, the newest last
    asked: Mapping[str, str] = field(default_factory=dict)  # cause → digest of what its key asked for, of those seen
    sequences: Mapping[str, int] = field(default_factory=dict)  # family → last sequence published
    heard: Mapping[str, int] = field(default_factory=dict)  # origin → highest sequence heard, the last heard last
    moments: Sequence[Kept] = ()  # as they were: what a new state still waits for keeps its failures
    correlation: str = ""  # the case it all began with, as the step that created this one said
    older: Mapping[str, int] = field(default_factory=dict)  # field → how many of its items have moved beside the case
    until: Mapping[str, str] = field(default_factory=dict)  # seen, heard → the highest key among those that have moved
    has_unsent: bool = False  # when it was loaded, its outbox was not empty
    kept: Mapping[str, Any] | None = None  # its state as the store has it, None: not known; a write names what differs


@dataclass(frozen=True)
class Write(Generic[S]):
    """One guarded write of one step or several in a row; it takes effect only if the stored version is `expected`."""

    case: Stored[S]  # as it will be
    state: S
    expected: int  # 0: it is new
    entries: Sequence[Entry]  # to be added to its outbox
    lines: Sequence[Line] = ()  # what the staff did to it, to be added to its trail

    @property
    def id(self) -> str:
        """The case's id."""
        return self.case.id

    @property
    def unsent(self) -> Sequence[Entry] | None:
        """All that the case has to publish because of this; None: the outbox must be read, for others wait before."""
        return None if self.entries and self.case.has_unsent else self.entries

    def then(self, later: "Write[S]") -> "Write[S]":
        """Both as one write; `later` was planned on what this one leads to."""
        entries, lines = (*self.entries, *later.entries), (*self.lines, *later.lines)
        return replace(later, expected=self.expected, entries=entries, lines=lines)


def for_case(cause: Cause, stored: Stored[S]) -> Cause:
    """The cause as this case sees it: late when a later event of its origin was heard before."""
    return replace(cause, late=bool(cause.origin) and cause.sequence < stored.heard.get(cause.origin, 0))


def is_other_request(stored: Stored[S], cause: Cause) -> bool:
    """The key of this cause came before and asked for something else. To answer it like the first one would lose it."""
    before = stored.asked.get(cause.id, "")
    return bool(before and cause.asked) and before != cause.asked


def plan(
    stored: Stored[S],
    step: Step[S],
    cause: Cause,
    *,
    source: str,
    trace: str | None,
    shown: bool = True,
    was_shown: bool = True,
    silent: Collection[str] = (),
    floor: int = 0,
) -> Write[S]:
    """Everything that one step changes, as one write: here its events become the entries of the case's outbox.

    `shown`, `was_shown`: whether the public may hear of the case after this step, and might before it. `silent`: see
    `trail.changes_of`. `floor`: its events are numbered above it, see `restored`.
    """
    begun_with = stored.correlation or cause.correlation_id or stored.id.partition(":")[0]
    told = replace(cause, correlation_id=cause.correlation_id or begun_with)
    maker = EntryMaker(stored.id, told, source, trace, dict(stored.sequences), floor)
    entries = [maker.contact(contact) for contact in step.contacts]
    entries += [maker.event(event, shown, was_shown) for event in step.events]
    after = replace(
        stored,
        version=stored.version + 1,
        state=step.state,
        seen=(*stored.seen, cause.id),
        asked={**stored.asked, cause.id: cause.asked} if cause.asked else stored.asked,
        sequences=maker.sequences,
        heard=_note_heard(stored.heard, cause),
        correlation=begun_with,
    )
    return Write(after, step.state, stored.version, entries, _write_lines(stored, step, cause, silent))


def _write_lines(stored: Stored[S], step: Step[S], cause: Cause, silent: Collection[str]) -> Sequence[Line]:
    """The one line that an act of the staff leaves."""
    if cause.by is None:
        return ()
    reference = getattr(step.state, "reference", "")
    changes = changes_of(stored.state, step.state, silent)
    return (Line(cause.id, cause.at, cause.happened_at, stored.id, reference, cause.act, cause.by, changes),)


def _note_heard(before: Mapping[str, int], cause: Cause) -> Mapping[str, int]:
    if not cause.origin:
        return before
    others = {origin: sequence for origin, sequence in before.items() if origin != cause.origin}
    return others | {cause.origin: max(cause.sequence, before.get(cause.origin, 0))}
