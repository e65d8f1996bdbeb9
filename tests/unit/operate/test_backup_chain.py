"""Which backups there are: only whole steps count, the newest chain stays, and a moment is found by its time."""

import errno
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bson import Timestamp
from pyrage import x25519

from shared.kernel.clock import now
from tools.operate import backup
from tools.operate.backups import taking
from tools.operate.backups.chain import Chain, Kind, Manifest, Step, alone, begin_step, chains, forget, moments
from tools.operate.backups.database import time_of
from tools.operate.backups.restoring import choose
from tools.operate.backups.sealed import Part
from tools.operate.backups.settings import BackupSettings
from tools.operate.failures import NotDone

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def add(folder: Path, kind: Kind, at: datetime, chain: Chain | None = None, parts: Sequence[Part] = ()) -> Chain:
    """One step more, whose manifest names these files."""
    with begin_step(folder, at, chain) as unfinished:
        manifest = Manifest(
            kind=kind, prefix="onestop", at=(int(at.timestamp()), 1), began_at=at, ended_at=at, parts=tuple(parts)
        )  # fmt: skip
        step = unfinished.finish(manifest)
    before = chain.steps if chain else []
    return Chain(step.folder.parent, [*before, step])


def kept(folder: Path, begun: datetime, *minutes: int) -> Chain:
    """A chain with moments so long after its beginning."""
    chain = add(folder, "scan", begun)
    for one in minutes:
        chain = add(folder, "moment", begun + timedelta(minutes=one), chain)
    return chain


def test_a_step_that_was_interrupted_is_never_taken_for_whole(tmp_path: Path) -> None:
    chain = kept(tmp_path, AT, 5)
    with begin_step(tmp_path, AT + timedelta(minutes=9), chain) as unfinished:
        (unfinished.folder / "half").write_bytes(b"?")
    killed = chain.folder / "000002-20261126T081500Z.unfinished"  # as one that was killed leaves it
    killed.mkdir()
    assert [len(one.steps) for one in chains(tmp_path)] == [2]
    with alone(tmp_path):
        assert not killed.exists()


def test_a_scan_alone_is_no_state_that_can_be_restored(tmp_path: Path) -> None:
    kept(tmp_path, AT)
    assert moments(tmp_path) == []


def test_two_backups_to_one_folder_do_not_meet(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(NotDone, match="is under way"), alone(tmp_path):
        pass


def test_chains_go_when_their_last_moment_is_too_old_and_the_newest_stays_whatever_its_age(tmp_path: Path) -> None:
    today = now().replace(microsecond=0)
    for days in (90, 50, 40):
        kept(tmp_path, today - timedelta(days=days), 5, 10)
    assert len(forget(tmp_path, timedelta(days=45))) == 2
    assert len(forget(tmp_path, timedelta(days=1))) == 0


def test_the_newest_chain_that_can_be_restored_stays_beside_a_newer_scan_that_nothing_followed(tmp_path: Path) -> None:
    today = now().replace(microsecond=0)
    kept(tmp_path, today - timedelta(days=90), 5)
    restorable = kept(tmp_path, today - timedelta(days=50), 5)
    kept(tmp_path, today)
    assert len(forget(tmp_path, timedelta(days=35))) == 1
    assert [chain.folder for chain, _ in moments(tmp_path)] == [restorable.folder]


def test_what_is_too_old_goes_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a volume which is full does not stay so."""
    for days in (90, 50, 1):
        kept(tmp_path, now() - timedelta(days=days), 5)
    found: list[int] = []

    def write(_taker: object, _chain: Chain) -> None:
        found.append(len(chains(tmp_path)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(taking._Taker, "need_whole", lambda _taker: None)  # there is no database
    monkeypatch.setattr(taking._Taker, "moment", write)
    asked = settings(tmp_path).model_copy(
        update={"mongodb_prefix": "onestop", "backup_recipients": (str(x25519.Identity.generate().to_public()),)}
    )
    with pytest.raises(OSError, match="No space left"):
        taking.take(asked, print)
    assert found == [1]


def settings(folder: Path) -> BackupSettings:
    return BackupSettings(backup_dir=folder)


def chosen(folder: Path, to: datetime | None) -> Step:
    chain, step = choose(settings(folder), to)
    assert chain.steps[-1] == step, "what came after the moment is not laid over it"
    return step


def test_the_moment_is_the_last_that_is_not_after_the_time_asked_for(tmp_path: Path) -> None:
    kept(tmp_path, AT, 5, 10, 15)
    kept(tmp_path, AT + timedelta(hours=1), 5)
    assert chosen(tmp_path, None).manifest.time == AT + timedelta(minutes=65)
    assert chosen(tmp_path, AT + timedelta(minutes=12)).manifest.time == AT + timedelta(minutes=10)
    assert chosen(tmp_path, AT + timedelta(minutes=10)).manifest.time == AT + timedelta(minutes=10)
    with pytest.raises(NotDone, match="no backup from before"):
        chosen(tmp_path, AT + timedelta(minutes=4))


def test_a_list_that_is_too_old_or_empty_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    assert backup.main(["list"]) == 1
    assert "nothing is kept" in capsys.readouterr().err
    kept(tmp_path, now() - timedelta(minutes=30), 10)
    assert backup.main(["list", "--younger-than", "60"]) == 0
    assert backup.main(["list", "--younger-than", "5"]) == 1
    assert "20 minutes old" in capsys.readouterr().err


def test_the_key_that_is_made_opens_what_is_sealed_for_its_public_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key.txt"
    assert backup.main(["key", str(file)]) == 0
    public = capsys.readouterr().out.strip().partition("=")[2]
    made = BackupSettings(backup_identity=file.read_text("utf-8"), backup_recipients=(public,))
    (recipient,), (identity,) = made.recipients, made.identities
    assert str(identity.to_public()) == str(recipient) == public
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(NotDone, match="is there already"):
        backup.main(["key", str(file)])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "BACKUP_RECIPIENTS=age1"),
        ({"backup_recipients": ("age1nonsense",)}, "BACKUP_RECIPIENTS: "),
        ({"backup_recipients": (str(x25519.Identity.generate()),)}, "BACKUP_RECIPIENTS: "),
    ],
)
def test_nothing_is_sealed_for_nobody_or_for_nonsense(given: dict[str, tuple[str, ...]], says: str) -> None:
    with pytest.raises(NotDone, match=says):
        _ = BackupSettings(**given).recipients  # type: ignore[arg-type]


def test_how_far_a_change_stream_has_come_is_read_off_its_token() -> None:
    token = {"_data": "82" + f"{1_764_144_000:08X}" + f"{7:08X}" + "2B0229296E04"}
    assert time_of(token) == Timestamp(1_764_144_000, 7)
    assert time_of(None) < Timestamp(1, 0)
    with pytest.raises(ValueError, match="another make"):
        time_of({"_data": "7F0000"})
