"""Whom the staff look for: a name, or a telephone number, and enough of either."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from pymongo.errors import ExecutionTimeout

from services.permits.commands import Desk
from services.permits.people import find_by_person
from services.permits.register_store import COMMON, SEARCH_MS, RegisterStore
from shared.kernel import Reject, Transient
from shared.people import Person

WHO = Person(sub="officer", name="นภา", roles=frozenset({"officer"}))


@pytest.mark.parametrize("typed", ["สม", "0812", "12 34", "081-23", "–", "นาย", "A B"])
async def test_too_little_is_refused_before_anything_is_read_or_noted(typed: str) -> None:
    with pytest.raises(Reject) as refused:
        await find_by_person(cast(Desk, None), WHO, typed)

    assert (refused.value.code, refused.value.status) == ("person-search", 422)


class Slow:
    """A collection whose search takes longer than it may."""

    def __init__(self, begun: int = 0) -> None:
        self.bound = 0
        self.begun = begun  # so many names begin with the longest word

    def find(self, *_: object) -> "Slow":
        return self

    hint = limit = find

    def max_time_ms(self, bound: int) -> "Slow":
        self.bound = bound
        return self

    async def count_documents(self, query: dict[str, Any], *, limit: int, **_: object) -> int:
        assert list(query) == ["state.person_keys"], "of the index alone"
        return min(self.begun, limit)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._stopped()

    async def _stopped(self) -> AsyncIterator[Any]:
        if self.bound:
            raise ExecutionTimeout("operation exceeded time limit", 50)
        yield {}


async def test_a_name_that_half_the_town_has_is_given_up_in_words_and_not_read_to_its_end() -> None:
    slow = Slow(begun=COMMON)
    register = RegisterStore(cast(Any, slow), cast(Any, None))

    with pytest.raises(Reject) as refused:
        await register.find_people(["som", "zzz"], None, 21)

    assert (refused.value.code, refused.value.status, slow.bound) == ("person-too-common", 422, SEARCH_MS)


async def test_a_database_that_is_slow_asks_for_patience_and_not_for_more_of_a_name() -> None:
    register = RegisterStore(cast(Any, Slow(begun=1)), cast(Any, None))

    with pytest.raises(Transient):
        await register.find_people(["somchai", "zzz"], None, 21)
