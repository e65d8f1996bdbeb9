"""What became of each write of a bulk, from the database's report of its errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.errors import BulkWriteError

from shared.kernel.errors import Conflict, DuplicateKey, Transient

_DUPLICATE_KEY = 11000
_IMMUTABLE_FIELD = 66


def outcomes_of(error: BulkWriteError, count: int) -> Sequence[BaseException | None]:
    """Each item's outcome from the bulk's error report; an unconfirmed write is transient for all."""
    if concern := error.details.get("writeConcernErrors"):
        return [Transient(f"the write is not confirmed: {concern[0].get('errmsg')}")] * count
    outcomes: list[BaseException | None] = [None] * count
    for item in error.details["writeErrors"]:
        outcomes[item["index"]] = _failure(item)
    return outcomes


def _failure(item: Mapping[str, Any]) -> BaseException:
    if item["code"] == _IMMUTABLE_FIELD:
        return Conflict()
    if item["code"] != _DUPLICATE_KEY:
        return RuntimeError(f"write error {item['code']}: {item.get('errmsg', '')[:200]}")
    index = next(iter(item["keyPattern"]))
    return Conflict() if index == "_id" else DuplicateKey(index)
