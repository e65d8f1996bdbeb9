"""What a relay sends with, made of what sends one message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.kernel.producer import Outgoing
from shared.kernel.sending import SendAll

Send = Callable[..., Awaitable[None]]  # of topic, key, value and headers, as the producer's `send` takes them


def all_by(send: Send) -> SendAll:
    """All of them side by side, as the producer has them under way."""

    async def send_all(messages: Sequence[Outgoing]) -> Sequence[Exception | None]:
        outcomes = await asyncio.gather(*(send(*message) for message in messages), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
                raise outcome  # the process is killed
        return [outcome if isinstance(outcome, Exception) else None for outcome in outcomes]

    return send_all
