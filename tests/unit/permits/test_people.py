"""Whom the staff look for: a name, or a telephone number, and enough of either."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from pymongo.errors import ExecutionTimeout

from services.permits.commands import Desk
from services.permits.people import find_by_person
from services.permits.register_store import SEARCH_MS, RegisterStore
from shared.kernel import Reject
from shared.people import Person

WHO = Person(sub="officer", name="นภา", roles=frozenset({"officer"}))


@pytest.mark.parametrize("typed", ["สม", "0812", "12 34", "081-23", "–", "นาย", "A B"])
async def test_too_little_is_refused_before_anything_is_read_or_noted(typed: str) -> None:
    with pytest.raises(Reject) as refused:
        await find_by_person(cast(Desk, None), WHO, typed)

    assert (refused.value.code, refused.value.status) == ("person-search", 422)


class Slow:
    """A collection whose search takes longer than it may."""

    def __init__(self) -> None:
        self.bound = 0

    def find(self, *_: object) -> "Slow":
        return self

    hint = limit = find

    def max_time_ms(self, bound: int) -> "Slow":
        self.bound = bound
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._stopped()

    async def _stopped(self) -> AsyncIterator[Any]:
        if self.bound:
            raise ExecutionTimeout("operation exceeded time limit", 50)
        yield {}


async def test_a_name_that_half_the_town_has_is_given_up_in_words_and_not_read_to_its_end() -> None:
    slow = Slow()
    register = RegisterStore(cast(Any, slow), cast(Any, None))

    with pytest.raises(Reject) as refused:
        await register.find_people(["som", "zzz"], None, 21)

    assert (refused.value.code, refused.value.status, slow.bound) == ("person-too-common", 422, SEARCH_MS)
