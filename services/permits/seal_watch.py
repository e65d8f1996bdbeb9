"""What operators see of the key that letters are sealed with: until when its certificate holds. An authority takes days
for the next one, and until it is there every letter waits."""

import asyncio
from contextlib import suppress
from pathlib import Path

from services.permits.seal_keys import open_key
from services.permits.settings import Settings
from shared.kernel import Transient, now

Version = tuple[int, int, int]  # of a file: renewed in its place, or put there anew


class SealWatch:
    """Opens the key at the start, and when its file is another; each letter that is sealed tells the same figure."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: Version | str = ""

    async def observe(self) -> None:
        """A key that cannot be opened has no figure: the letters that wait for it are what rings."""
        version = await asyncio.to_thread(_read_version, self._settings)
        if version == self._seen:
            return
        self._seen = version
        with suppress(Transient):
            await asyncio.to_thread(asyncio.run, self._open())

    async def _open(self) -> None:
        """In a loop of its own: a device keeps waiting whoever comes second."""
        async with open_key(self._settings, now()):
            pass  # it has told until when it holds


def _read_version(settings: Settings) -> Version | str:
    """A device is opened once: what it holds is changed by somebody who starts the process again."""
    if settings.seal_device:
        return str(settings.seal_device)
    return _stamp(settings.seal_key_file) if settings.seal_key_file else ""


def _stamp(file: Path) -> Version | str:
    try:
        there = file.stat()
    except OSError:
        return ""
    return there.st_ino, there.st_mtime_ns, there.st_size
