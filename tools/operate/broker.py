"""How a command says that Kafka is away."""

import logging


def no_answer(bootstrap: str) -> str:
    """What is wrong, and what to do."""
    return f"Kafka at {bootstrap} gives no answer; `make up` starts it (elsewhere: is KAFKA_BOOTSTRAP_SERVERS right?)"


def quieten() -> None:
    """The client prints a trace for each failed try; we say it once."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
