"""Backup and restore of a town's databases while they are being written to, also killed in the middle."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import bson
import pytest

from shared.kernel.clock import now
from shared.kernel.restored import LAST, RESTORED
from tests.support.backed_up import BackedUp, held, is_finished
from tools.operate import restore, verify
from tools.operate.backups.chain import MANIFEST, chains, moments
from tools.operate.failures import NotDone

KILLED_IN_THE_MIDDLE = """
import os, signal
from tools.operate.__main__ import main
from tools.operate.backups import sealed, taking

def write(*part):
    sealed.write(*part)
    os.kill(os.getpid(), signal.SIGKILL)

taking.write = write
main(["backup", "take"])
"""

RESTORE_KILLED_IN_THE_MIDDLE = """
import os, signal
from tools.operate.__main__ import main
from tools.operate.backups import loading

flush = loading._Bulk.flush

def write(bulk):
    is_some = bool(bulk._writes)
    flush(bulk)
    if is_some:
        os.kill(os.getpid(), signal.SIGKILL)

loading._Bulk.flush = write
main(["restore", "--yes", "--by", "somchai", "--rehearsal"])
"""


@pytest.fixture
def town(kafka: str, mongo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackedUp]:
    made = BackedUp(kafka, mongo, tmp_path, monkeypatch)
    yield made
    made.close()


def test_what_comes_back_is_exactly_what_all_databases_held_at_one_moment(town: BackedUp) -> None:
    town.fill(2000)
    with town.busy():
        first = town.take()
        before = town.at(first)
        second = town.take()
        after = town.at(second)
    assert before != after, "nothing was going on"
    assert town.restored() == after
    assert town.restored("--to", first.manifest.time.isoformat()) in (before, after), "a moment has a whole second"


def test_a_second_backup_holds_what_changed_and_nothing_else(town: BackedUp) -> None:
    town.fill(500)
    first = town.take()
    assert sum(part.documents for part in first.manifest.parts if part.name.startswith("intake")) == 0
    town.data.of("intake")["reports"].update_many({}, {"$set": {"v": 2}})
    town.data.of("permits")["documents.chunks"].delete_many({})
    second = town.take()
    parts = {part.name.removesuffix(".bson.gz.age"): part.documents for part in second.manifest.parts}
    assert parts == {"intake.reports": 500, "permits.documents.chunks": 0, "gone.permits.documents.chunks": 1,
                     "records": 0}  # fmt: skip
    assert "permits.documents.chunks" not in town.restored()


def test_a_scan_whose_cursor_the_database_has_ended_goes_on_behind_its_last_document(town: BackedUp) -> None:
    """As it does while a moment takes its time; also where not every id is of the same type."""
    town.fill(800)
    town.data.of("intake")["reports"].insert_many([{"_id": number, "v": 1} for number in range(700)])
    reading = town.data.scan(("intake", "reports"))
    read = list(islice(reading, 600))
    town.end_cursors()
    read += list(reading)
    ids = [bson.decode(document)["_id"] for document in read]
    assert len(ids) == len(set(ids)) == 1500


def test_a_collection_that_somebody_dropped_begins_a_new_chain(town: BackedUp) -> None:
    town.fill(10)
    town.take()
    town.data.of("intake")["reports"].drop()
    step = town.take()
    assert len(chains(town.home)) == 2
    assert town.restored() == town.at(step)


def test_a_chain_is_begun_anew_when_it_is_old_or_somebody_asks_for_it(
    town: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.fill(10)
    town.take()
    town.take()
    assert [len(chain.moments) for chain in chains(town.home)] == [2]
    town.take("--anew")
    assert [len(chain.moments) for chain in chains(town.home)] == [2, 1]
    monkeypatch.setattr("tools.operate.backups.taking.now", lambda: now() + timedelta(days=8))
    town.take()
    assert len(chains(town.home)) == 3


def test_two_towns_do_not_share_a_folder(town: BackedUp) -> None:
    town.fill(1)
    town.take()
    town.elsewhere()
    with pytest.raises(NotDone, match="each town has a folder of its own"):
        town.take()


def test_a_backup_that_is_killed_leaves_nothing_that_is_taken_for_one(town: BackedUp) -> None:
    town.fill(50)
    taking = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE], check=False, capture_output=True)
    assert taking.returncode == -signal.SIGKILL
    assert list(town.home.glob("*/*.unfinished/*"))
    assert moments(town.home) == []
    step = town.take()
    assert not list(town.home.glob("*/*.unfinished"))
    assert town.restored() == town.at(step)


def test_a_restoration_that_is_killed_is_run_once_more_and_services_wait_for_it(town: BackedUp) -> None:
    town.fill(8_000)
    step = town.take()
    other = town.elsewhere()
    restoring = subprocess.run([sys.executable, "-c", RESTORE_KILLED_IN_THE_MIDDLE], check=False, capture_output=True)
    assert restoring.returncode == -signal.SIGKILL
    assert is_finished(other) is False
    assert 0 < len(held(other)["intake.reports"]) < 8_000
    assert restore.main(["--yes", "--by", "somchai", "--rehearsal"]) == 0
    assert is_finished(other)
    assert held(other) == town.at(step)


def test_a_restoration_that_is_killed_while_it_releases_the_databases_is_run_once_more(town: BackedUp) -> None:
    """One of the four is released, the others are not: nobody has said that what is there may go."""
    town.fill(50)
    step = town.take()
    other = town.elsewhere()
    assert restore.main(["--yes", "--by", "somchai", "--rehearsal"]) == 0
    for service in ("dispatch", "permits", "notify"):
        other.of(service)[RESTORED].update_one({"_id": LAST}, {"$set": {"finished": False}})
    assert restore.main(["--yes", "--by", "somchai", "--rehearsal"]) == 0
    assert is_finished(other, "notify")
    assert held(other) == town.at(step)
    with pytest.raises(NotDone, match="is not empty"):
        restore.main(["--yes", "--by", "somchai", "--rehearsal"])


def test_only_empty_databases_are_restored_into_unless_somebody_says_replace(town: BackedUp) -> None:
    town.fill(5)
    step = town.take()
    before = town.at(step)
    town.fill(5)
    with pytest.raises(NotDone, match="is not empty"):
        restore.main(["--yes", "--by", "somchai"])
    assert len(held(town.data)["intake.reports"]) == 10
    assert restore.main(["--yes", "--by", "somchai", "--replace"]) == 0
    assert held(town.data) == before


def test_nothing_is_restored_under_services_that_run_or_without_a_yes(town: BackedUp) -> None:
    town.fill(5)
    town.take()
    other = town.elsewhere()
    with pytest.raises(NotDone, match="say --yes"):
        restore.main(["--by", "somchai", "--rehearsal"])
    member = {"_id": "timers/one", "pool": "timers", "holder": "one", "until": now() + timedelta(seconds=60)}
    other.of("notify")["leases"].insert_one(member)
    with pytest.raises(NotDone, match="stop all services first"):
        restore.main(["--yes", "--by", "somchai", "--rehearsal"])
    assert restore.main(["--dry-run", "--rehearsal"]) == 0
    assert is_finished(other) is None, "nothing was touched"


def test_a_file_that_was_changed_is_found_before_a_restoration_and_refused_by_it(
    town: BackedUp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town.fill(50)
    step = town.take()
    assert verify.main([]) == 0
    scan = chains(town.home)[0].steps[0]
    file = scan.folder / next(part.name for part in scan.manifest.parts if part.name.startswith("intake.reports"))
    file.write_bytes(file.read_bytes()[:-1])
    monkeypatch.delenv("BACKUP_IDENTITY_FILE")
    capsys.readouterr()
    assert verify.main([]) == 1, "no key is needed for that"
    assert f"{scan.folder.name}/{file.name}" in capsys.readouterr().out
    monkeypatch.setenv("BACKUP_IDENTITY_FILE", str(town.key))
    other = town.elsewhere()
    with pytest.raises(NotDone, match="is not as it was written"):
        restore.main(["--yes", "--by", "somchai", "--rehearsal"])
    assert is_finished(other) is None, "nothing was touched"
    assert step.manifest.prefix == town.prefix


def test_a_manifest_says_nothing_of_anybody(town: BackedUp) -> None:
    town.fill(3)
    step = town.take()
    text = (step.folder / MANIFEST).read_text("utf-8")
    known = [key for documents in town.at(step).values() for key in documents]
    assert not [key for key in known if str(key) in text]
