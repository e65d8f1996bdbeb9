"""How a command says that Kafka is away, or refuses."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import BrokerResponseError, KafkaError

from shared.kernel.errors import said


def no_answer(bootstrap: str) -> str:
    """What is wrong, and what to do."""
    return f"Kafka at {bootstrap} gives no answer; `make up` starts it (elsewhere: is KAFKA_BOOTSTRAP_SERVERS right?)"


def trouble(bootstrap: str, error: KafkaError | TimeoutError) -> str:
    """The same with what was said; of a broker that answers and will not do it, that."""
    if isinstance(error, BrokerResponseError) and not error.retriable:
        return f"Kafka at {bootstrap} refuses: {said(error)}"
    return f"{no_answer(bootstrap)}: {said(error)}"


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
