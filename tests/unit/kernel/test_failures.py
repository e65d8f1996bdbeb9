"""A database that will not have us is waited for like one that is away: nothing is parked for a changed password."""

import asyncio

import pytest
from pymongo.errors import BulkWriteError, OperationFailure

from shared.kernel.connections import away
from shared.kernel.failures import is_transient

REFUSED = "Authentication failed., full error: {'ok': 0.0, 'code': 18}"


@pytest.mark.parametrize("code", [11, 13, 18])
def test_who_is_not_let_in_any_more_waits(code: int) -> None:
    assert is_transient(OperationFailure("no", code))


@pytest.mark.parametrize("code", [2, 9, 59, 11000, None])
def test_a_question_that_is_wrong_is_a_bug_and_no_outage(code: int | None) -> None:
    assert not is_transient(OperationFailure("no", code))


def test_a_majority_that_cannot_be_read_yet_is_waited_for() -> None:
    assert is_transient(OperationFailure("right after a start", 134))


def test_a_bulk_that_nobody_confirms_is_done_again_and_one_that_is_refused_is_not() -> None:
    """As three members answered when their primary stepped down: nothing failed, 11602, and no label that it may be
    tried again."""
    unconfirmed = {"writeErrors": [], "writeConcernErrors": [{"code": 11602, "errmsg": "interrupted"}]}
    refused = {"writeErrors": [{"index": 0, "code": 11000}], "writeConcernErrors": []}
    assert is_transient(BulkWriteError(unconfirmed))
    assert not is_transient(BulkWriteError(refused))


async def test_an_operator_is_told_that_it_answers_and_refuses() -> None:
    refusal: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    refusal.set_exception(OperationFailure(REFUSED, 18))
    told = await away("MongoDB", "db.town.example", refusal)
    assert told is not None
    assert told.startswith("MongoDB at db.town.example refuses us (OperationFailure: Authentication failed.)")
