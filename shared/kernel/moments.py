"""Moments: the named times that a case waits for, and how the case keeps them until they have had their effect.

Pure values. Each moment is kept on the case's own document with what became of it so far, so that tries and parking
survive every process; `timers` works them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zlib import crc32

Document = dict[str, Any]

PARTS = 256  # the hash that replicas share the cases by: enough for any number of them


@dataclass(frozen=True)
class Moment:
    """A time at which something is to be done about a case: `name` says what, unique within the case.

    `pool`: the destination that doing it needs (a mail server, one endpoint). Each pool has its own limit, and what
    is slow or dead in one delays no other (stored as `lane`). The step that a moment causes must move it or remove it.
    """

    name: str
    at: datetime
    pool: str = ""

    @property
    def kind(self) -> str:
        """The first word of its name: what is to be done, the same for all cases. A release works and withdraws only
        moments of the kinds that it declares: what is new to do is of a kind of its own."""
        return self.name.partition(" ")[0]


@dataclass(frozen=True)
class Kept:
    """A moment as its case keeps it: how often doing it failed, how often as a bug, and until when it rests."""

    moment: Moment
    tries: int = 0
    bugs: int = 0
    rests_until: datetime | None = None
    parked: bool = False

    @property
    def due_at(self) -> datetime:
        """When it is to be done, or tried again."""
        return max(self.moment.at, self.rests_until) if self.rests_until else self.moment.at


def keep_failures(wanted: Sequence[Moment], kept: Sequence[Kept], kinds: Collection[str]) -> Sequence[Kept]:
    """What a case keeps when its new state wants these moments: one that has not moved keeps its failures.

    `kinds`: those of this release. What a newer one has to do stays: this one cannot tell whether it still is to be
    done.
    """
    if undeclared := {moment.kind for moment in wanted} - {*kinds}:
        raise ValueError(f"moments of undeclared kinds would never be worked: {sorted(undeclared)}")
    before = {one.moment: one for one in kept}
    others = [one for one in kept if one.moment.kind not in kinds]
    return [*(before.get(moment) or Kept(moment) for moment in wanted), *others]


def part_of(case_id: str) -> int:
    """Where a case falls among the `PARTS`; the same in every process and release."""
    return crc32(case_id.encode()) % PARTS


def find_earliest(kept: Sequence[Kept]) -> Mapping[str, Kept]:
    """The next moment of each pool: one pool's is never hidden behind another's."""
    found: dict[str, Kept] = {}
    for one in sorted((one for one in kept if not one.parked), key=lambda one: one.due_at):
        found.setdefault(one.moment.pool, one)
    return found


def as_documents(case_id: str, kept: Sequence[Kept]) -> Document:
    """The two fields of a case's document: `moments`, and `wake` for the index, with the next one of each pool and
    kind: whichever of them a release knows, it finds."""
    part = part_of(case_id)
    by_kind = [[one for one in kept if one.moment.kind == kind] for kind in sorted({one.moment.kind for one in kept})]
    return {
        "moments": [_dump_kept(one) for one in kept],
        "wake": [
            {"lane": pool, "at": one.due_at, "part": part, "kind": one.moment.kind}
            for alike in by_kind
            for pool, one in find_earliest(alike).items()
        ],
    }


def read_moments(document: Mapping[str, Any]) -> Sequence[Kept]:
    """The moments of a case's document, each with its failures; those of newer releases too."""
    return [_read_kept(one) for one in document.get("moments", ())]


@dataclass(frozen=True)
class Shard:
    """Which of all cases this process wakes: those whose part is within; all of them when it is alone."""

    place: int = 0
    of: int = 1

    @property
    def parts(self) -> range:
        """The parts that are its own."""
        return range(PARTS * self.place // self.of, PARTS * (self.place + 1) // self.of)

    def has(self, case_id: str) -> bool:
        """Whether this process is to wake that case."""
        return part_of(case_id) in self.parts


@dataclass(frozen=True)
class Search:
    """Which moments a timer looks for: up to that time, in one pool, or in all but those."""

    until: datetime
    most: int
    parts: range = range(PARTS)
    pool: str | None = None
    but: frozenset[str] = frozenset()

    def covers(self, one: Kept) -> bool:
        """Whether it is after this moment: its pool is the one asked for, or not among those left out, and its time
        has come."""
        pool = one.moment.pool
        if self.pool is not None:
            return pool == self.pool and one.due_at <= self.until
        return pool not in self.but and one.due_at <= self.until


def found_by(search: Search, kept: Sequence[Kept]) -> Sequence[Kept]:
    """Of a case's moments those that the search is after, by pool, as the index has them."""
    pools = find_earliest(kept)
    return [pools[pool] for pool in sorted(pools) if search.covers(pools[pool])]


def make_fresh(kept: Sequence[Kept], moment: Moment) -> Sequence[Kept]:
    """These moments with that one as if it had never failed: what a replay asks for."""
    return [Kept(one.moment) if one.moment == moment else one for one in kept]


def wake_oversleeping(kept: Sequence[Kept], after: datetime) -> Sequence[Kept]:
    """These moments, where none rests until then: so long a rest was reckoned by a clock that was ahead."""
    return [replace(one, rests_until=None) if one.rests_until and one.rests_until > after else one for one in kept]


def note_failure(one: Kept, *, bug: bool, rests_until: datetime) -> Kept:
    """The moment with one failure more; `bug`: it also counts towards parking."""
    return replace(one, tries=one.tries + 1, bugs=one.bugs + bug, rests_until=rests_until)


def mark_parked(one: Kept) -> Kept:
    """The moment when it is given up until an operator says otherwise."""
    return replace(one, parked=True)


def _dump_kept(one: Kept) -> Document:
    return {
        "name": one.moment.name,
        "kind": one.moment.kind,
        "at": one.moment.at,
        "lane": one.moment.pool,
        "tries": one.tries,
        "bugs": one.bugs,
        "next": one.rests_until,
        "parked": one.parked,
    }


def _read_kept(document: Mapping[str, Any]) -> Kept:
    moment = Moment(document["name"], document["at"], document["lane"])
    return Kept(moment, document["tries"], document["bugs"], document["next"], document["parked"])
