"""What a relay sends with, made of what sends one message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.kernel.relay import Outgoing, SendAll

Send = Callable[[str, str, bytes | None, Sequence[tuple[str, bytes]]], Awaitable[None]]


def all_by(send: Send) -> SendAll:
    """All of them side by side, as the producer has them under way."""

    async def send_all(messages: Sequence[Outgoing]) -> Sequence[Exception | None]:
        outcomes = await asyncio.gather(*(send(*message) for message in messages), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
                raise outcome  # the process is killed
        return [outcome if isinstance(outcome, Exception) else None for outcome in outcomes]

    return send_all
