"""What is kept where: a folder for each chain, in it one for each step, in that the sealed files and a manifest.

A step is written under another name and renamed when all of it is on the disk, and a chain that is removed is first
called something else: so what was interrupted, either way, is never taken for whole. The manifest says nothing of
anybody: how old a backup is can be told without a key.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from bson import Timestamp
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.kernel.clock import now
from tools.operate.backups.sealed import Part
from tools.operate.failures import NotDone

Kind = Literal["scan", "moment"]
MANIFEST = "manifest.json"
_UNFINISHED, _GONE = ".unfinished", ".gone"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


class Manifest(BaseModel):
    """What a step holds. `at`: the cluster time (seconds, increment) whose state it completes; of a scan, the one from
    which on changes must follow before it is any state at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    kind: Kind
    prefix: str  # of the databases that it was taken from
    at: tuple[int, int]
    began_at: datetime
    ended_at: datetime
    parts: tuple[Part, ...]
    ends: Mapping[str, int] | None = None  # `topic/partition` → where it ended then; None: the broker was away
    collections: Mapping[str, str] = {}  # `service.collection` → what the database itself knows it by

    @property
    def time(self) -> datetime:
        """The cluster time for people."""
        return datetime.fromtimestamp(self.at[0], UTC)

    @property
    def stamp(self) -> Timestamp:
        """And for the database."""
        return Timestamp(*self.at)

    @property
    def bytes(self) -> int:
        """What its files take."""
        return sum(part.bytes for part in self.parts)


@dataclass(frozen=True)
class Step:
    """A whole step where it is kept."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True)
class Chain:
    """A scan and what follows it, in order, as far as it is whole. `fault`: why what comes after does not count."""

    folder: Path
    steps: Sequence[Step]
    fault: str = ""

    @property
    def moments(self) -> Sequence[Step]:
        """The steps at which a state is complete."""
        return [step for step in self.steps if step.manifest.kind == "moment"]

    @property
    def ends(self) -> Mapping[str, int]:
        """Up to where the topics are kept, by `topic/partition`; empty when they never were."""
        return next((step.manifest.ends for step in reversed(self.steps) if step.manifest.ends is not None), {})

    def until(self, step: Step) -> "Chain":
        """As it was when that step was its last."""
        return Chain(self.folder, self.steps[: self.steps.index(step) + 1])


def chains(folder: Path) -> list[Chain]:
    """All that begin with a whole scan, the oldest first. One that is damaged hides no other."""
    return [chain for chain in _all(folder) if chain.steps]


def faults(folder: Path) -> list[str]:
    """What there is in a chain's place, or behind its whole steps, and cannot be taken for a backup."""
    return [chain.fault for chain in _all(folder) if chain.fault]


def moments(folder: Path) -> list[tuple[Chain, Step]]:
    """Every state that can be restored, the oldest first."""
    found = [(chain, step) for chain in chains(folder) for step in chain.moments]
    return sorted(found, key=lambda one: one[1].manifest.at)


@contextmanager
def begin_step(folder: Path, began_at: datetime, chain: Chain | None) -> Iterator["Unfinished"]:
    """The folder of one step more, of a new chain when there is none; kept once it is `done`, else removed."""
    home = chain.folder if chain else folder / began_at.strftime(_STAMP)
    place = home / f"{len(chain.steps) if chain else 0:06d}-{began_at:{_STAMP}}"
    unfinished = place.with_name(place.name + _UNFINISHED)
    unfinished.mkdir(parents=True)
    step = Unfinished(unfinished, place)
    try:
        yield step
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not any(home.iterdir()):
            home.rmdir()


@dataclass(frozen=True)
class Unfinished:
    """A step that is being written."""

    folder: Path
    place: Path

    def finish(self, manifest: Manifest) -> Step:
        """All of it is on the disk, and has its name from now on."""
        file = self.folder / MANIFEST
        with file.open("x", encoding="utf-8") as opened:
            opened.write(manifest.model_dump_json(indent=2))
            opened.flush()
            os.fsync(opened.fileno())
        self.folder.rename(self.place)
        for folder in (self.place.parent, self.place.parent.parent):
            _sync(folder)
        return Step(self.place, manifest)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One at a time works with a folder; what a killed one has left, half written or half removed, goes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotDone(f"a backup to {folder}, or a restoration from it, is under way") from None
        for left in (*folder.glob(f"*/*{_UNFINISHED}"), *folder.glob(f"*{_GONE}")):
            shutil.rmtree(left)
        yield


def forget(folder: Path, keep: timedelta) -> list[Chain]:
    """Remove chains whose last moment is older than that, and scans that nothing followed; never the newest chain, nor
    the newest one that can be restored."""
    known, oldest = chains(folder), now() - keep
    newest = [chain for chain in known if chain.moments][-1:]
    gone = [chain for chain in known[:-1] if chain not in newest and _is_over(chain, oldest)]
    for chain in gone:
        _remove(chain.folder)
    return gone


def _is_over(chain: Chain, oldest: datetime) -> bool:
    """One that is damaged stays as long as any, for somebody to look at."""
    if not chain.moments and not chain.fault:
        return True
    return (chain.moments or chain.steps)[-1].manifest.time < oldest


def _remove(folder: Path) -> None:
    """At once for whoever looks: files go one by one, and half a chain would still look like one."""
    gone = folder.with_name(folder.name + _GONE)
    folder.rename(gone)
    _sync(gone.parent)
    shutil.rmtree(gone)


def _all(folder: Path) -> Iterator[Chain]:
    """Whatever is called like a chain; the store's own folders (`lost+found`, `.snapshot`) are none."""
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _is_stamp(one.name) and one.is_dir():
            yield _chain(one)


def _chain(folder: Path) -> Chain:
    """Its steps up to the first one that is missing or cannot be read: a moment is true only on all before it."""
    steps: list[Step] = []
    for place in sorted(folder.iterdir()):
        if not place.is_dir() or place.name.endswith(_UNFINISHED):
            continue
        try:
            steps.append(_step(place, len(steps)))
        except NotDone as error:
            return Chain(folder, steps, f"{folder} is no backup from step {len(steps)} on: {error}")
    return Chain(folder, steps)


def _step(place: Path, number: int) -> Step:
    if place.name.partition("-")[0] != f"{number:06d}":
        raise NotDone(f"the next one is {place.name}")
    manifest = _manifest(place / MANIFEST)
    if (manifest.kind == "scan") is not (number == 0):
        raise NotDone(f"{place.name} is a {manifest.kind}, and a chain is one scan and then moments")
    return Step(place, manifest)


def _is_stamp(name: str) -> bool:
    try:
        return bool(datetime.strptime(name, _STAMP))  # noqa: DTZ007 - whether it is one, not when
    except ValueError:
        return False


def _manifest(file: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise NotDone(f"{file} is no manifest of a backup: {error}") from error


def _sync(folder: Path) -> None:
    """A new name is on the disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
