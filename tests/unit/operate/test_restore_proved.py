"""Before a restoration destroys anything, and when it is only asked about, the backup is proved to be one."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
import pytest
from pyrage import x25519

from tools.operate import restore
from tools.operate.backups.chain import Kind, Manifest, Step, begin_step, chains
from tools.operate.backups.restoring import Outcome
from tools.operate.backups.sealed import write
from tools.operate.failures import NotDone

OURS, THEIRS = x25519.Identity.generate(), x25519.Identity.generate()
AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
DRY, REAL = ["--dry-run"], ["--yes", "--by", "somchai", "--replace"]

every_way = pytest.mark.parametrize("way", [DRY, REAL], ids=["dry-run", "replace"])


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    """The moment of a backup of `onestop_…`, which the environment means."""
    for name, value in {"BACKUP_DIR": str(tmp_path), "BACKUP_IDENTITY": str(OURS), "MONGODB_PREFIX": "onestop"}.items():
        monkeypatch.setenv(name, value)
    add(tmp_path, "scan")
    return add(tmp_path, "moment")


def add(folder: Path, kind: Kind) -> Step:
    """One step more, with a large file and a small one."""
    with begin_step(folder, AT, next(iter(chains(folder)), None)) as unfinished:
        parts = [
            write(unfinished.folder, name, [bson.encode({"text": os.urandom(size)})], [OURS.to_public()])
            for name, size in (("intake.reports", 5000), ("notify.recipients", 5))
        ]
        return unfinished.finish(
            Manifest(
                kind=kind, prefix="onestop", at=(int(AT.timestamp()), 1), began_at=AT, ended_at=AT, parts=tuple(parts)
            )
        )  # fmt: skip


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """To which moments something was restored, which in these tests nothing is."""
    found: list[datetime] = []

    def note(_settings: Any, to: datetime, *_: Any, **__: Any) -> Outcome:
        found.append(to)
        return Outcome(to, 0, 0, 0, 0)

    monkeypatch.setattr(restore, "restore", note)
    return found


@every_way
def test_what_is_whole_and_this_towns_is_restored_unless_it_was_only_asked(
    step: Step, restored: Sequence[datetime], way: list[str]
) -> None:
    assert restore.main(way) == 0
    assert restored == ([] if way is DRY else [step.manifest.time])


@every_way
@pytest.mark.parametrize("number", [0, 1], ids=["large", "small"])
def test_a_file_that_was_changed_is_found_before_anything_is_touched(
    step: Step, restored: Sequence[datetime], way: list[str], number: int
) -> None:
    file = step.folder / step.manifest.parts[number].name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(NotDone, match="is not as it was written"):
        restore.main(way)
    assert restored == []


@every_way
@pytest.mark.usefixtures("step")
def test_a_key_that_does_not_open_it_is_found_before_anything_is_touched(
    restored: Sequence[datetime], monkeypatch: pytest.MonkeyPatch, way: list[str]
) -> None:
    monkeypatch.setenv("BACKUP_IDENTITY", str(THEIRS))
    with pytest.raises(NotDone, match="cannot be opened with this key"):
        restore.main(way)
    assert restored == []


@every_way
@pytest.mark.usefixtures("step")
def test_another_towns_backup_is_restored_for_a_rehearsal_only(
    restored: Sequence[datetime], monkeypatch: pytest.MonkeyPatch, way: list[str]
) -> None:
    monkeypatch.setenv("MONGODB_PREFIX", "another")
    with pytest.raises(NotDone, match="taken from onestop_… and would become another_…"):
        restore.main(way)
    assert restored == []
    assert restore.main([*way, "--rehearsal"]) == 0
