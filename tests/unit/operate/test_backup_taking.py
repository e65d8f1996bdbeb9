"""Neither half a town nor an empty one becomes the newest backup: that is the one which a restoration takes."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.kernel.clock import now
from shared.people import Person
from tests.support.kept_town import KeptTown
from tests.unit.operate.test_backup_chain import kept
from tools.operate import backup
from tools.operate.backups import records, restoring
from tools.operate.backups.chain import alone, chains, moments
from tools.operate.backups.settings import BackupSettings
from tools.operate.backups.taking import take
from tools.operate.failures import NotDone


def test_while_a_restoration_has_not_come_to_its_end_nothing_is_kept(town: KeptTown, settings: BackupSettings) -> None:
    kept(settings.folder, now() - timedelta(days=90), 5)
    kept(settings.folder, now() - timedelta(days=3), 5)
    before = moments(settings.folder)
    town.begun = {"permits"}
    for anew in (False, True):
        with pytest.raises(NotDone, match="a restoration of permits has begun and not come to its end"):
            take(settings, print, anew=anew)
    assert moments(settings.folder) == before, "nor is what is old forgotten"
    town.begun = set()
    take(settings, print)
    assert len(chains(settings.folder)) == 1
    assert len(moments(settings.folder)) == 2


def test_empty_databases_in_place_of_lost_ones_do_not_become_the_newest_backup(
    town: KeptTown, settings: BackupSettings
) -> None:
    take(settings, print)
    town.documents, town.is_new = 0, True
    with pytest.raises(NotDone, match="the databases are empty and the backups are not"):
        take(settings, print)
    assert len(chains(settings.folder)) == len(moments(settings.folder)) == 1
    take(settings, print, anew=True)
    assert len(chains(settings.folder)) == 2


def test_a_town_that_never_had_a_case_is_kept_as_it_is(town: KeptTown, settings: BackupSettings) -> None:
    town.documents = 0
    take(settings, print)
    town.is_new = True
    take(settings, print)
    assert len(chains(settings.folder)) == 2


def test_a_town_that_is_restored_from_its_folder_is_not_backed_up_to_it_meanwhile(
    town: KeptTown, settings: BackupSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(settings.folder, now() - timedelta(hours=1), 5)

    def meanwhile(*_: object) -> None:
        with pytest.raises(NotDone, match="or a restoration from it, is under way"), alone(settings.folder):
            pass
        raise InterruptedError

    monkeypatch.setattr(restoring, "load_town", meanwhile)
    with pytest.raises(InterruptedError):
        restoring.restore(settings, None, Person(sub="somchai"), print)
    take(settings, print)


async def heard(
    _brokers: object, _prefix: str, _begin: object, tell_ends: Callable[[Mapping[str, int]], None], most: int = 20
) -> AsyncIterator[records.Kept]:
    """What a broker sends that goes away after so many records."""
    tell_ends({"public.reports.v1/0": 20})
    for offset in range(20):
        if offset == most:
            raise TimeoutError("Kafka sends nothing more")
        yield records.Kept("public.reports.v1", 0, offset, b"key", b"value", [])


async def begin_nowhere(*_: object) -> dict[str, int]:
    return {}


@pytest.mark.usefixtures("town")
def test_what_comes_of_kafka_is_written_as_it_comes(settings: BackupSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    encoded = records.Kept.encode

    async def sent(*given: Any) -> AsyncIterator[records.Kept]:
        async for one in heard(*given):
            assert len(written) == one.offset, "one is written before the next is asked for"
            yield one

    def noted(one: records.Kept) -> bytes:
        written.append(one.offset)
        return encoded(one)

    monkeypatch.setattr(records.Kept, "encode", noted)
    monkeypatch.setattr(records, "begins", begin_nowhere)
    monkeypatch.setattr(records, "since", sent)
    taken = take(settings, print)

    (part,) = (part for part in taken.step.manifest.parts if part.name.startswith("records"))
    assert part.documents == 20
    assert taken.step.manifest.ends == {"public.reports.v1/0": 20}
    assert taken.unheard == ""


@pytest.mark.usefixtures("town")
def test_of_a_broker_that_goes_away_meanwhile_nothing_is_kept_and_it_is_said(
    settings: BackupSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "begins", begin_nowhere)
    monkeypatch.setattr(records, "since", partial(heard, most=7))
    taken = take(settings, print)

    (part,) = (part for part in taken.step.manifest.parts if part.name.startswith("records"))
    assert part.documents == 0
    assert taken.step.manifest.ends is None
    assert "Kafka sends nothing more" in taken.unheard


def test_the_figures_say_when_the_newest_was_kept_and_whoever_shows_them_may_read_them(
    town: KeptTown, settings: BackupSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(settings.folder))
    monkeypatch.setenv("BACKUP_RECIPIENTS", ",".join(settings.backup_recipients))
    figures = tmp_path / "shown" / "backup.prom"
    figures.parent.mkdir()
    backup.main(["take", "--figures", str(figures)])
    newest = moments(settings.folder)[-1][1].manifest.time
    (family,) = text_string_to_metric_families(figures.read_text())
    assert [(sample.name, sample.value) for sample in family.samples] == [(backup.FIGURE, newest.timestamp())]
    assert figures.stat().st_mode & 0o777 == 0o644
    assert list(figures.parent.iterdir()) == [figures], "nothing half written is left"


def test_a_backup_that_fails_leaves_the_figures_of_the_one_before(
    town: KeptTown, settings: BackupSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(settings.folder))
    monkeypatch.setenv("BACKUP_RECIPIENTS", ",".join(settings.backup_recipients))
    figures = tmp_path / "backup.prom"
    backup.main(["take", "--figures", str(figures)])
    before = figures.read_text()
    town.begun = {"dispatch"}
    with pytest.raises(NotDone):
        backup.main(["take", "--figures", str(figures)])
    assert figures.read_text() == before
