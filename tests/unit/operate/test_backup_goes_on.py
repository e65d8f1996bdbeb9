"""When a chain goes on and when it does not: never over documents that are others than those it has."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.kept_town import KeptTown
from tools.operate.backups import taking
from tools.operate.backups.chain import MANIFEST, chains, moments
from tools.operate.backups.database import Place
from tools.operate.backups.settings import BackupSettings
from tools.operate.backups.taking import take


def test_after_a_restoration_into_databases_that_were_set_up_beforehand_a_new_chain_begins(
    town: KeptTown, settings: BackupSettings
) -> None:
    """Nothing was dropped there, and the journal says of nothing that it is gone: what was forgotten would come back
    with the next restoration."""
    take(settings, print)
    take(settings, print)
    town.uuid = "a0b7"
    said: list[str] = []
    take(settings, said.append)
    assert [len(chain.moments) for chain in chains(settings.folder)] == [2, 1]
    assert "intake.reports is not the collection that was kept" in "\n".join(said)
    take(settings, print)
    assert [len(chain.moments) for chain in chains(settings.folder)] == [2, 2]


def test_a_chain_with_a_damaged_end_is_not_gone_on_with(town: KeptTown, settings: BackupSettings) -> None:
    take(settings, print)
    take(settings, print)
    (chain,) = chains(settings.folder)
    (chain.steps[-1].folder / MANIFEST).unlink()
    said: list[str] = []
    take(settings, said.append)
    assert [len(chain.moments) for chain in chains(settings.folder)] == [1, 1]
    assert "is no backup from step 2 on" in "\n".join(said)


def test_while_everything_is_read_anew_the_chain_before_goes_on(
    town: KeptTown, settings: BackupSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan may take hours, and what a town loses is the time since the last moment."""
    take(settings, print)
    monkeypatch.setattr(taking._Taker, "is_long", lambda *_: True)
    monkeypatch.setattr(taking, "_PAUSE_SECONDS", 0.0)
    found: list[int] = []
    shown: list[Any] = []
    scan = town.scan

    def read(place: Place) -> Iterator[bytes]:
        for document in scan(place):
            found.append(len(moments(settings.folder)))
            yield document

    monkeypatch.setattr(town, "scan", read)
    taken = take(settings, print, tell=shown.append)
    assert found == [2, 3, 4]
    assert [len(chain.moments) for chain in chains(settings.folder)] == [5, 1]
    assert moments(settings.folder)[-1][1].folder == taken.step.folder == shown[-1].folder
    assert len(shown) == 5, "and each is told of at once"


def test_where_the_chain_before_cannot_go_on_everything_is_read_all_the_same(
    town: KeptTown, settings: BackupSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(settings, print)
    monkeypatch.setattr(taking._Taker, "is_long", lambda *_: True)
    town.uuid = "a0b7"
    said: list[str] = []
    take(settings, said.append)
    assert [len(chain.moments) for chain in chains(settings.folder)] == [1, 1]
    assert "until everything is read nothing is kept" in "\n".join(said)
