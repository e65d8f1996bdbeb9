"""The three ways to fail: never (Reject), not now (Transient and the drivers' own), and a bug (all else)."""

from aiokafka import errors as kafka
from pymongo import errors as mongo


class Reject(Exception):
    """This must not happen, ever: poison on the bus, a problem on HTTP. `code` is stable, `detail` is for people."""

    def __init__(self, code: str, detail: str, *, status: int = 409) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status


class Transient(Exception):
    """Something needed is away or asks us to slow down; wait and try again, never skip."""


class Conflict(Exception):
    """Somebody else saved this case since it was loaded."""


class DuplicateKey(Exception):
    """A unique index other than the case id objects; `index` is its first field, as `state.reference`."""

    def __init__(self, index: str) -> None:
        super().__init__(f"another case holds this value of {index}")
        self.index = index


class Stopping(Exception):
    """The process is stopping; what is not done comes again."""


class Halted(Exception):
    """Too large a share of the traffic fails as bugs: the consumer stops rather than empty the topic into the DLQ."""


_AWAY = (
    Transient,
    OSError,
    mongo.ConnectionFailure,
    mongo.WTimeoutError,
    kafka.KafkaError,
)  # OSError: TimeoutError too
MAYBE_AWAY = (Transient, OSError, mongo.PyMongoError, kafka.KafkaError)  # all that `is_transient` may be true of
_NEVER = (kafka.MessageSizeTooLargeError, kafka.InvalidMessageError, kafka.InvalidTopicError)
# Codes of a primary that steps down, is being elected or shuts down, and of an operation that ran out of time
# (https://github.com/mongodb/specifications, retryable writes and server discovery).
_MONGO_AWAY = frozenset({6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436})


def is_transient(error: BaseException) -> bool:
    """Whether waiting can help: the database, the broker or a provider is away, in election, or too slow."""
    if isinstance(error, mongo.OperationFailure):
        return error.code in _MONGO_AWAY or error.has_error_label("RetryableWriteError")
    return isinstance(error, _AWAY) and not isinstance(error, _NEVER)
