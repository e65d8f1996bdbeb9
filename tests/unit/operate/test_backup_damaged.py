"""Half a backup is none: what is removed is gone at once, and what somebody damaged hides nothing that is whole."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.kernel.clock import now
from tests.unit.operate.test_backup_chain import kept
from tools.operate import backup, verify
from tools.operate.backups.chain import MANIFEST, Chain, alone, chains, faults, forget, moments

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("files", range(5))
def test_a_kill_while_an_old_chain_is_removed_leaves_the_others_and_nothing_that_looks_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    """After so many of its files: the scan's goes first, and what is left would be moments on nothing."""
    kept(tmp_path, now() - timedelta(days=90), 5, 10, 15)
    young = kept(tmp_path, now() - timedelta(days=1), 5)
    left = iter(range(files))

    def killed(folder: Path) -> None:
        for file in sorted(folder.rglob("*.json")):
            if next(left, None) is None:
                raise KeyboardInterrupt
            file.unlink()
            file.parent.rmdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            forget(tmp_path, timedelta(days=35))
    assert [chain.folder for chain in chains(tmp_path)] == [young.folder]
    assert [chain.folder for chain, _ in moments(tmp_path)] == [young.folder]
    assert faults(tmp_path) == []
    with alone(tmp_path):
        assert [one.name for one in tmp_path.iterdir() if one.is_dir()] == [young.folder.name], "the rest goes later"


def damaged(folder: Path, what: str) -> Chain:
    """A chain of a scan and three moments of which something is gone, as of one that was copied half."""
    chain = kept(folder, now() - timedelta(days=2), 5, 10, 15)
    match what:
        case "the manifest of a step":
            (chain.steps[2].folder / MANIFEST).unlink()
        case "a step":
            shutil.rmtree(chain.steps[2].folder)
        case "the scan":
            shutil.rmtree(chain.steps[0].folder)
        case "all of a manifest":
            (chain.steps[1].folder / MANIFEST).write_text("{")
    return chain


@pytest.mark.parametrize(
    ("what", "whole"), [("the manifest of a step", 2), ("a step", 2), ("the scan", 0), ("all of a manifest", 1)]
)
def test_of_a_damaged_chain_what_lies_before_the_damage_counts_and_no_other_chain_is_hidden(
    tmp_path: Path, what: str, whole: int
) -> None:
    chain = damaged(tmp_path, what)
    young = kept(tmp_path, now() - timedelta(hours=1), 5)
    assert {one.folder: len(one.steps) for one in chains(tmp_path)} == (
        {chain.folder: whole, young.folder: 2} if whole else {young.folder: 2}
    )
    assert moments(tmp_path)[-1][1] == young.steps[-1]
    (fault,) = faults(tmp_path)
    assert fault.startswith(f"{chain.folder} is no backup from step {whole} on: ")
    forget(tmp_path, timedelta(days=1))
    assert not [one for one in chains(tmp_path) if one.folder == chain.folder], "it goes when its time has come"


def test_what_is_damaged_is_named_by_all_who_are_asked_about_backups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    damaged(tmp_path, "a step")
    assert backup.main(["list", "--younger-than", "10000"]) == 0
    assert "is no backup from step 2 on" in capsys.readouterr().err
    assert verify.main([]) == 1
    assert "is no backup from step 2 on" in capsys.readouterr().out


def test_the_stores_own_folders_are_no_chains(tmp_path: Path) -> None:
    kept(tmp_path, AT, 5)
    for name in ("lost+found", ".snapshot", "20261126"):
        (tmp_path / name / "of-its-own").mkdir(parents=True)
    assert len(chains(tmp_path)) == 1
    assert faults(tmp_path) == []
