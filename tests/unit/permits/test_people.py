"""Whom the staff look for: a name, or a telephone number, and enough of either."""

from typing import cast

import pytest

from services.permits.commands import Desk
from services.permits.people import find_by_person
from shared.kernel import Reject
from shared.people import Person

WHO = Person(sub="officer", name="นภา", roles=frozenset({"officer"}))


@pytest.mark.parametrize("typed", ["สม", "0812", "12 34", "081-23", "–", "นาย", "A B"])
async def test_too_little_is_refused_before_anything_is_read_or_noted(typed: str) -> None:
    with pytest.raises(Reject) as refused:
        await find_by_person(cast(Desk, None), WHO, typed)

    assert (refused.value.code, refused.value.status) == ("person-search", 422)
