"""Where a service can be made to die: after the kernel's own function has done its part, or just before it would.

A service dies when the file that `DEADLY_FLAG` names holds the point's name and, on further lines, nothing or the
cases of which one must be concerned. The file is removed first, so the next start lives.
"""

import os
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.kernel import bus
from shared.kernel.consume import Inbox
from shared.kernel.mongo import MongoStore
from shared.kernel.producer import Outgoing, Producer

WAIT_SECONDS = 5.0  # for one of the connections, of which a claim has to last for two
POINTS = ("after-save", "after-send", "before-pull", "after-effect", "before-commit", "after-mail")


def arm() -> None:
    """Wrap the kernel's steps; they do what they did until a flag says otherwise."""
    flag = Path(os.environ["DEADLY_FLAG"])
    _after(flag, MongoStore, "save", "after-save", _saved)
    _after(flag, Producer, "send_all", "after-send", lambda _self, messages: _list_contents_sent(messages))
    _before(flag, MongoStore, "pull", "before-pull", lambda _self, published: [case_id for case_id, _ in published])
    _after(flag, Inbox, "_take_case", "after-effect", lambda _self, records, _limit: _contents(records))
    _before(flag, bus, "_commit", "before-commit", lambda *_all: [])
    if seconds := os.environ.get("DEADLY_LEASE_SECONDS"):
        from services.notify import settings
        from services.notify.channels import smtp

        _after(flag, smtp.MailServer, "send", "after-mail", lambda _self, mail: [])
        settings.LEASE_OVER_TIMEOUT = timedelta(seconds=int(seconds))
        for module in (settings, smtp):
            vars(module)["WAIT_SECONDS"] = WAIT_SECONDS


def _saved(_self: Any, writes: Sequence[Any]) -> list[Any]:
    """Only of writes with something to publish: the step that follows is sending it."""
    return [part for write in writes if write.entries for message in write.entries[0].messages
            for part in (write.id, message.key, message.value)]  # fmt: skip


def _list_contents_sent(messages: Sequence[Outgoing]) -> list[Any]:
    return [part for _topic, key, value, _headers in messages for part in (key, value)]


def _contents(records: Sequence[Any]) -> list[Any]:
    return [part for record in records for part in (record.key, record.value)]


def _after(flag: Path, owner: Any, name: str, point: str, about: Callable[..., list[Any]]) -> None:
    real = getattr(owner, name)

    async def step(*given: Any, **named: Any) -> Any:
        outcome = await real(*given, **named)
        _perhaps_die(flag, point, about(*given, **named))
        return outcome

    setattr(owner, name, step)


def _before(flag: Path, owner: Any, name: str, point: str, about: Callable[..., list[Any]]) -> None:
    real = getattr(owner, name)

    async def step(*given: Any, **named: Any) -> Any:
        _perhaps_die(flag, point, about(*given, **named))
        return await real(*given, **named)

    setattr(owner, name, step)


def _perhaps_die(flag: Path, point: str, parts: list[Any]) -> None:
    try:
        armed, *cases = flag.read_text().splitlines()
    except FileNotFoundError:
        return
    if armed != point or not _concerns(cases, parts):
        return
    flag.unlink()
    os.kill(os.getpid(), signal.SIGKILL)


def _concerns(cases: Sequence[str], parts: Sequence[Any]) -> bool:
    """`before-commit` knows no case and is told none."""
    if not cases:
        return True
    whole = b"|".join(part.encode() if isinstance(part, str) else part for part in parts if part)
    return any(case.encode() in whole for case in cases)
