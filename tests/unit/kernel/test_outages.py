"""A database that will not have us is waited for like one that is away: nothing is parked for a changed password."""

import asyncio

import pytest
from pymongo.errors import OperationFailure

from shared.kernel.connections import away
from shared.kernel.outages import is_transient

REFUSED = "Authentication failed., full error: {'ok': 0.0, 'code': 18}"


@pytest.mark.parametrize("code", [11, 13, 18])
def test_who_is_not_let_in_any_more_waits(code: int) -> None:
    assert is_transient(OperationFailure("no", code))


@pytest.mark.parametrize("code", [2, 9, 59, 11000, None])
def test_a_question_that_is_wrong_is_a_bug_and_no_outage(code: int | None) -> None:
    assert not is_transient(OperationFailure("no", code))


async def test_an_operator_is_told_that_it_answers_and_refuses() -> None:
    refusal: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    refusal.set_exception(OperationFailure(REFUSED, 18))
    told = await away("MongoDB", "db.town.example", refusal)
    assert told is not None
    assert told.startswith("MongoDB at db.town.example refuses us (OperationFailure: Authentication failed.)")
