"""Claims of which nobody heard whether they were saved.

A save that the database takes just before it goes away is never confirmed, and whoever handles the same cause again
finds it done. What was claimed by it would wait until its sender is presumed lost; here it is found and sent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from functools import partial

from services.notify.domain.delivery import Delivery
from services.notify.settings import LEASE_OVER_TIMEOUT
from shared.kernel import Cause, now
from shared.kernel.errors import say_error
from shared.kernel.failures import is_transient
from shared.telemetry import get_log

log = get_log(__name__)

LOOK_SECONDS = 5.0  # a save is confirmed in less, unless the database is away
LATE_MOST = LEASE_OVER_TIMEOUT * 2 / 3  # what begins later might not end, and be noted, within its lease

Key = tuple[str, str]  # the notice, and the cause that claimed
Look = Callable[[Sequence[Delivery]], Awaitable[None]]


class Claims:
    """Of this process alone: what another claimed is another's to send."""

    def __init__(self) -> None:
        self._unheard: dict[Key, tuple[Sequence[Delivery], asyncio.TimerHandle]] = {}
        self._looks: set[asyncio.Task[None]] = set()

    def note(self, notice_id: str, cause: Cause, claimed: Sequence[Delivery], look: Look) -> None:
        """They are being saved, and `take` has them afterwards. Until then `look` is called now and then, to ask the
        database; what has waited for `LATE_MOST` is left to its lease."""
        either = (*self.forget(notice_id, cause), *claimed)  # of two tries it is not known which was saved
        if either:
            self._wait((notice_id, cause.id), either, look)

    def take(self, notice_id: str, cause: Cause, saved: Sequence[Delivery]) -> list[Delivery]:
        """Which of the saved ones this cause has claimed, for the one who asks first."""
        claimed = self.forget(notice_id, cause)
        return [one for one in saved if one in claimed and _is_timely(one)]

    def forget(self, notice_id: str, cause: Cause) -> Sequence[Delivery]:
        """It is known what became of them; what they were."""
        claimed, handle = self._unheard.pop((notice_id, cause.id), ((), None))
        if handle:
            handle.cancel()
        return claimed

    def _wait(self, key: Key, claimed: Sequence[Delivery], look: Look) -> None:
        begin = partial(self._begin_look, key, claimed, look)
        # In a context of its own: within that of a batch its unsaved cases are taken for what there is.
        handle = asyncio.get_running_loop().call_later(LOOK_SECONDS, begin, context=Context())
        self._unheard[key] = claimed, handle

    def _begin_look(self, key: Key, claimed: Sequence[Delivery], look: Look) -> None:
        del self._unheard[key]
        claimed = [one for one in claimed if _is_timely(one)]
        if not claimed:
            return  # whoever looks for what is due sends it
        self._wait(key, claimed, look)
        task = asyncio.create_task(_ask(look, claimed))
        self._looks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._looks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a claim is left to its lease", exc_info=error)


def _is_timely(claimed: Delivery) -> bool:
    return now() < claimed.changed_at + LATE_MOST


async def _ask(look: Look, claimed: Sequence[Delivery]) -> None:
    try:
        await look(claimed)
    except Exception as error:
        if is_transient(error):
            log.warning("it is not known yet whether a claim was saved", extra={"why": say_error(error)})
            return
        raise
