"""Backups that are not taken any more, and of which nobody tells: by the file that a bare machine's unit leaves."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.alarms import Watch
from tests.support.stack import Stack
from tools.operate import backup

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


class Machine:
    """A bare machine with backups, whose figures its node_exporter shows."""

    def __init__(self, town: Stack, folder: Path, patch: pytest.MonkeyPatch) -> None:
        backup.main(["key", str(folder / "key")])
        told = {**town.env, "BACKUP_DIR": str(folder / "kept"),
                "BACKUP_RECIPIENTS": (folder / "key").read_text("utf-8").split()[3]}  # fmt: skip
        for name, value in told.items():
            patch.setenv(name, value)
        self._shown = folder / "shown"
        self._shown.mkdir()

    async def back_up(self) -> None:
        """As the unit does."""
        taking = ["take", "--figures", str(self._shown / "metrics")]
        assert await asyncio.to_thread(backup.main, taking) == 0

    @contextmanager
    def shown(self) -> Iterator[ThreadingHTTPServer]:
        """By something that speaks as node_exporter does."""
        handler = partial(_Figures, directory=str(self._shown))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as exporter:
            threading.Thread(target=exporter.serve_forever, daemon=True).start()
            yield exporter
            exporter.shutdown()


class _Figures(SimpleHTTPRequestHandler):
    """Files, as the format that Prometheus reads."""

    def guess_type(self, _path: object) -> str:
        return "text/plain; version=0.0.4"

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def machine(town: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(town, tmp_path, monkeypatch)


async def test_backups_that_are_not_taken_any_more(watch: Watch, machine: Machine) -> None:
    await machine.back_up()
    with machine.shown() as exporter, watch.also_scrape(exporter.server_port, town=watch.town):
        await watch.rings("OnestopBackupOld", "ticket")
        await machine.back_up()
        await watch.falls_silent("OnestopBackupOld")


async def test_backups_of_which_nobody_tells(watch: Watch, machine: Machine) -> None:
    """First there is none; then there is one, and what shows it is gone."""
    await watch.rings("OnestopBackupUnseen", "ticket", watch.town, seconds=120)
    await machine.back_up()
    with machine.shown() as exporter, watch.also_scrape(exporter.server_port, town=watch.town):
        await watch.falls_silent("OnestopBackupUnseen")
        exporter.shutdown()
        exporter.server_close()
        await watch.rings("OnestopBackupUnseen", "ticket", watch.town, seconds=120)
        assert "OnestopBackupOld" not in await watch.ringing(), "it has nothing to count from"
