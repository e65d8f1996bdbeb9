"""What a sweep does with the cases that it finds."""

from collections.abc import AsyncIterator, Awaitable, Callable

from shared.kernel.outages import is_transient
from shared.telemetry import get_log

log = get_log(__name__)


async def for_each_case(found: AsyncIterator[str], do: Callable[[str], Awaitable[None]]) -> None:
    """One after the other. A case for which it fails is logged, met again by the next sweep, and keeps no other from
    its turn; what is away ends the sweep."""
    async for case_id in found:
        try:
            await do(case_id)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("a sweep could not do its work on a case", extra={"case_id": case_id})
