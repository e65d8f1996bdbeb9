"""A key opens one case: when its earlier claim cannot be read, nobody is given an id of their own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from shared.kernel.errors import Transient
from shared.kernel.failures import is_transient
from shared.kernel.keys import Keys


class _Answers:
    """A collection that answers each insert so, and finds nothing: what was there is rolled back, or forgotten."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    async def insert_many(self, _: Sequence[Any], *, ordered: bool) -> None:
        """As a primary does that has another claim, or is told to step down."""
        raise BulkWriteError({"writeErrors": [], "writeConcernErrors": [], **self._said})

    async def find(self, _: Any) -> AsyncIterator[Any]:
        """None of them."""
        nothing: Sequence[Mapping[str, Any]] = ()
        for claim in nothing:
            yield claim


async def test_a_claim_that_is_there_and_cannot_be_read_is_asked_for_again() -> None:
    collection: Any = _Answers({"writeErrors": [{"index": 0, "code": 11000}]})
    with pytest.raises(Transient):
        await Keys(collection).case_id("reports", "a-phone")


async def test_a_claim_that_nobody_confirms_is_made_again() -> None:
    collection: Any = _Answers({"writeConcernErrors": [{"code": 11602}]})
    with pytest.raises(BulkWriteError) as failed:
        await Keys(collection).case_id("reports", "a-phone")
    assert is_transient(failed.value)
