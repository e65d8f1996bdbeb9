"""The doctor says when a town could not come back: nothing is kept, it is old, or its key lies beside it."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.kernel.clock import now
from shared.settings import ServiceSettings
from tests.unit.operate.test_backup_chain import add, kept
from tests.unit.operate.test_backup_damaged import damaged
from tools.operate import backup
from tools.operate.backups.sealed import Part
from tools.operate.doctor.backup import look


async def found() -> list[tuple[str, str]]:
    """Grade and first words of each finding."""
    return [(one.grade, " ".join(one.text.split()[:3])) for one in await look(ServiceSettings())]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for backups and the public key to seal them with."""
    backup.main(["key", str(tmp_path / "key")])
    monkeypatch.setenv("BACKUP_RECIPIENTS", (tmp_path / "key").read_text("utf-8").split()[3])
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept"


async def test_a_town_that_keeps_nothing_is_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKUP_DIR", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert await found() == [("unfinished", "nothing is kept:")]


async def test_in_a_cluster_a_pod_that_has_no_backups_says_only_that_it_cannot_see_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BACKUP_DIR", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    (one,) = await look(ServiceSettings())
    assert one.grade == "unseen"
    assert one.text.startswith("cannot be seen from here")
    assert "nothing is kept" not in one.text


async def test_a_backup_of_today_is_fine_and_an_older_one_is_not(home: Path) -> None:
    assert [grade for grade, _ in await found()] == ["broken"]
    kept(home, now() - timedelta(days=3), 5)
    assert await found() == [("broken", "the newest backup")]
    kept(home, now() - timedelta(hours=1), 5)
    assert await found() == []


async def test_a_backup_that_somebody_damaged_is_named_beside_a_young_one(home: Path) -> None:
    chain = damaged(home, "a step")
    kept(home, now() - timedelta(hours=1), 5)
    (one,) = await look(ServiceSettings())
    assert one.grade == "broken"
    assert one.text.startswith(f"{chain.folder} is no backup from step 2 on")


async def test_a_chain_that_no_scan_has_followed_in_its_time_is_broken_though_its_end_is_young(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan that is ended each time before it is done lets moments go on, and no alarm rings."""
    day = 24 * 60
    kept(home, now() - timedelta(days=8), 5, 6 * day, 8 * day - 10)
    assert await found() == [], "the next scan may be under way"
    monkeypatch.setenv("BACKUP_SCAN_DAYS", "6")
    (one,) = await look(ServiceSettings())
    assert one.grade == "broken"
    assert one.text.startswith("3 backups hang on what was read 7 days before the last")
    assert "BACKUP_SCAN_DAYS=6" in one.text
    kept(home, now() - timedelta(hours=1), 5)
    assert await found() == [], "a new chain has begun"


async def test_a_restoration_that_takes_half_a_day_for_what_changed_is_unfinished(home: Path) -> None:
    begun = now() - timedelta(hours=99)
    chain = add(home, "scan", begun, parts=[file_of(gigabytes=100)])
    for number in range(1, 50):
        chain = add(home, "moment", begun + number * timedelta(hours=2), chain, [file_of(gigabytes=40)])
    (one,) = await look(ServiceSettings())
    assert one.grade == "unfinished"
    assert one.text.startswith("a restoration would take some 15 hours, for 49 backups of 4 days")
    assert "lower BACKUP_SCAN_DAYS (7)" in one.text


async def test_of_a_large_town_whose_changes_are_few_nothing_is_said(home: Path) -> None:
    chain = add(home, "scan", now() - timedelta(days=1), parts=[file_of(gigabytes=2000)])
    add(home, "moment", now() - timedelta(hours=1), chain, [file_of(gigabytes=1)])
    assert await found() == []


def file_of(gigabytes: int) -> Part:
    return Part(
        name="permits.documents.chunks.bson.gz.age", documents=4000 * gigabytes, bytes=gigabytes * 10**9, sha256=""
    )


async def test_a_key_that_lies_beside_what_it_opens_is_unsafe(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(home, now() - timedelta(hours=1), 5)
    monkeypatch.setenv("BACKUP_IDENTITY_FILE", str(home.parent / "key"))
    assert await found() == [("unsafe", "BACKUP_IDENTITY is known")]


async def test_without_a_public_key_nothing_can_be_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(home, now() - timedelta(hours=1), 5)
    monkeypatch.setenv("BACKUP_RECIPIENTS", "")
    assert await found() == [("broken", "BACKUP_RECIPIENTS names no")]
