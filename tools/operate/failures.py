"""How a command says what went wrong outside of it: one sentence, with what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import BrokerResponseError, KafkaConnectionError, KafkaError
from pydantic import ValidationError
from pymongo.errors import OperationFailure, PyMongoError

from shared.hosts import split_database_uri
from shared.kernel.errors import Reject, say_error
from shared.settings import MissingFile, ServiceSettings
from shared.town.problems import TownError


class NotDone(Exception):
    """Nothing was changed; the message says why, and what to do."""


def explain(error: Exception) -> str | None:
    """What is wrong outside of the code; None: it is a fault of the code, which is shown whole."""
    match error:
        case NotDone() | TownError():
            return str(error)
        case Reject():
            return error.detail
        case ValidationError() | MissingFile():
            return settings_refused(error)
        case KafkaConnectionError() | TimeoutError():
            return no_answer(ServiceSettings().kafka_bootstrap_servers)
        case KafkaError():
            return trouble(ServiceSettings().kafka_bootstrap_servers, error)
        case PyMongoError():
            return _database_trouble(ServiceSettings().mongodb_uri, error)
        case _:
            return None


def settings_refused(error: ValidationError | MissingFile) -> str:
    """Each setting with what is wrong with it, never its value: it may be a secret."""
    if isinstance(error, MissingFile):
        return f"settings are refused: {error}"
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = (f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}".removeprefix(": ") for one in found)
    return "settings are refused: " + "; ".join(told)


def no_answer(bootstrap: str) -> str:
    """What is wrong, and what to do."""
    return f"Kafka at {bootstrap} gives no answer; `make up` starts it (elsewhere: is KAFKA_BOOTSTRAP_SERVERS right?)"


def trouble(bootstrap: str, error: KafkaError | TimeoutError) -> str:
    """The same with what was said; of a broker that answers and will not do it, that."""
    if isinstance(error, BrokerResponseError) and not error.retriable:
        return f"Kafka at {bootstrap} refuses: {say_error(error)}"
    return f"{no_answer(bootstrap)}: {say_error(error)}"


def _database_trouble(uri: str, error: PyMongoError) -> str:
    where = split_database_uri(uri).hosts
    if isinstance(error, OperationFailure):
        return f"MongoDB at {where} refuses: {say_error(error)}"
    return f"MongoDB at {where} gives no answer; `make up` starts it (elsewhere: is MONGODB_URI right?)"


@contextmanager
def quiet() -> Iterator[None]:
    """The client of Kafka prints a trace for each failed try; we say it once."""
    client = logging.getLogger("aiokafka")
    before = client.level
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(before)
