"""What is kept where: a folder for each chain, in it one for each step, in that the sealed files and a manifest.

A step is written under another name and renamed when all of it is on the disk, so one that was interrupted is never
taken for whole. The manifest says nothing of anybody: how old a backup is can be told without a key.
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
_UNFINISHED = ".unfinished"
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
    """A scan and what follows it, in order."""

    folder: Path
    steps: Sequence[Step]

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
    """All that begin with a whole scan, the oldest first."""
    found = [_chain(one) for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []
    return [chain for chain in found if chain.steps]


def moments(folder: Path) -> list[tuple[Chain, Step]]:
    """Every state that can be restored, the oldest first."""
    found = [(chain, step) for chain in chains(folder) for step in chain.moments]
    return sorted(found, key=lambda one: one[1].manifest.at)


@contextmanager
def writing(folder: Path, began_at: datetime, chain: Chain | None) -> Iterator["Unfinished"]:
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

    def done(self, manifest: Manifest) -> Step:
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
    """One at a time works with a folder; what a killed one left unfinished is removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotDone(f"a backup to {folder}, or a restoration from it, is under way") from None
        for left in folder.glob(f"*/*{_UNFINISHED}"):
            shutil.rmtree(left)
        yield


def forget(folder: Path, keep: timedelta) -> list[Chain]:
    """Remove chains whose last moment is older than that, and scans that nothing followed; never the newest chain, nor
    the newest one that can be restored."""
    known, oldest = chains(folder), now() - keep
    newest = [chain for chain in known if chain.moments][-1:]
    gone = [
        chain
        for chain in known[:-1]
        if chain not in newest and (not chain.moments or chain.moments[-1].manifest.time < oldest)
    ]
    for chain in gone:
        shutil.rmtree(chain.folder)
    return gone


def _chain(folder: Path) -> Chain:
    places = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.endswith(_UNFINISHED)]
    steps = [Step(place, _manifest(place / MANIFEST)) for place in places]
    return Chain(folder, steps)


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
