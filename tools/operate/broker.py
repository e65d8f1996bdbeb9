"""How a command says that Kafka is away."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


def no_answer(bootstrap: str) -> str:
    """What is wrong, and what to do."""
    return f"Kafka at {bootstrap} gives no answer; `make up` starts it (elsewhere: is KAFKA_BOOTSTRAP_SERVERS right?)"


@contextmanager
def quiet() -> Iterator[None]:
    """The client prints a trace for each failed try; we say it once."""
    client = logging.getLogger("aiokafka")
    before = client.level
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(before)
