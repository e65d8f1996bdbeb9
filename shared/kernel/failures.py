"""Which of the drivers' errors pass by themselves: the only place where failure classes know the drivers."""

from aiokafka import errors as kafka
from pymongo import errors as mongo

from shared.kernel.errors import Transient

_AWAY = (
    Transient,
    OSError,  # TimeoutError too
    mongo.ConnectionFailure,
    mongo.WTimeoutError,
    kafka.KafkaError,
)
MAYBE_AWAY = (Transient, OSError, mongo.PyMongoError, kafka.KafkaError)  # base classes; `is_transient` decides
_NEVER = (kafka.MessageSizeTooLargeError, kafka.InvalidMessageError, kafka.InvalidTopicError)
# Codes of a primary that steps down, is being elected or shuts down, of a member that has no majority to read from yet,
# and of an operation that ran out of time (https://github.com/mongodb/specifications, retryable reads, retryable writes
# and server discovery).
_MONGO_AWAY = frozenset({6, 7, 50, 64, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436})
# It answers, and does not know us or does not let us: a password was changed, a role is not given yet. Operators mend
# it, and until then no event may be parked for it. Kafka's refusals are `KafkaError`s, and wait as well.
_MONGO_REFUSES = frozenset({11, 13, 18})  # UserNotFound, Unauthorized, AuthenticationFailed


def is_transient(error: BaseException) -> bool:
    """Whether waiting can help: the database, the broker or a provider is away, in election, or too slow."""
    if isinstance(error, mongo.BulkWriteError) and error.details["writeConcernErrors"]:
        return True  # it may not last: the majority that would confirm it is away
    if isinstance(error, mongo.OperationFailure):
        return error.code in _MONGO_AWAY | _MONGO_REFUSES or error.has_error_label("RetryableWriteError")
    return isinstance(error, _AWAY) and not isinstance(error, _NEVER)


def is_refusal(error: BaseException) -> bool:
    """Whether the database answers, and will not have us: waiting helps once an operator has mended it."""
    return isinstance(error, mongo.OperationFailure) and error.code in _MONGO_REFUSES
