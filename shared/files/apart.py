"""Work on a stranger's file by a process of its own: whatever the file makes its reader do (crash, spin, swell) ends
with that process, which knows no secret of the service's. What is run there answers by `limited.py`."""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from shared.files.turns import Turns
from shared.kernel import Transient
from shared.telemetry import get_log

log = get_log(__name__)

SECONDS_MOST = 60.0  # for one file, waiting for a busy machine included
AT_ONCE = 2  # a file takes up to 1 GB; see `limited.MEMORY_MOST`
TURNS = Turns(AT_ONCE, waiting=20)  # of the whole service, whoever asks: its container has room for so many
_ROOT = Path(__file__).parents[2]


async def ask(module: str, *arguments: str) -> Mapping[str, Any] | None:
    """What `python -m module …` says of a file; None when the file has taken its reader down. `Transient` when the
    reader failed by itself: our fault, which says nothing of the file. Whoever asks holds one of `TURNS`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=_ROOT, env={}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS_MOST)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode is not None and process.returncode < 0:
        log.warning("a file has taken its reader down", extra={"signal": -process.returncode})
        return None
    told: Mapping[str, Any] = json.loads(said or "{}")
    if told.get("swelled"):
        return None
    if process.returncode or "failure" in told:
        log.error("files cannot be judged", extra={"status": process.returncode, "failure": told.get("failure", "")})
        raise Transient("files cannot be judged now; try again")
    return told
