"""What is counted and found by address, on the real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from services.notify.domain.recipient import Recipient, Said, record
from services.notify.store import Store, is_named
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.ids import new_id
from shared.kernel import Cause, Step, now
from shared.kernel.service import Service
from tests.support.kernel import ready
from tests.support.notify_in_memory import settings
from tests.unit.shared.test_emails import ALIKE


@pytest.fixture
async def store(mongo: str) -> AsyncIterator[Store]:
    chosen = settings(mongodb_uri=mongo, mongodb_prefix=f"notify_{new_id()}", roles="api", otel_traces_exporter="none")
    service = Service("notify", chosen, "maehia")
    made = Store(service)
    async with service.lifespan():
        await ready(service)
        yield made
        await service.database.client.drop_database(service.database.name)


def _decided(step: Step[Recipient], _before: Recipient | None, _cause: Cause) -> Step[Recipient]:
    return step


async def leave(store: Store, *addresses: str, party: str = "reporter", confirmed: bool = False) -> list[str]:
    """Each with a case of its own; the keys of the recipients."""
    keys = []
    for number, address in enumerate(addresses):
        case_id = f"{number}{new_id()[1:]}"
        contact = ContactRecorded(case_id=case_id, party=party, email=address, confirmed=confirmed)
        step = Step(record(None, contact, Said(now(), "intake")))
        keys.append(contact_key(case_id, party))
        await store.recipients.step(keys[-1], partial(_decided, step), Cause.request())
    return keys


async def test_a_mailbox_takes_so_many_a_day_and_a_repeat_counts_once(store: Store) -> None:
    today = now()
    for mail in ("one", "two", "one", "two"):
        assert await store.has_room_for_mail("box", mail, 2, today)
    assert not await store.has_room_for_mail("box", "three", 2, today)
    assert await store.has_room_for_mail("box", "one", 2, today), "what was counted may be tried again"
    assert await store.has_room_for_mail("another box", "three", 2, today)
    assert await store.has_room_for_mail("box", "three", 2, today + timedelta(days=1))


async def test_many_at_once_do_not_pass_the_limit(store: Store) -> None:
    taken = await asyncio.gather(*(store.has_room_for_mail("box", new_id(), 5, now()) for _ in range(40)))
    assert sum(taken) == 5


async def test_an_address_is_found_whatever_its_capitals_and_the_newest_first(store: Store) -> None:
    await leave(store, "som@example.org", "Som@example.org", "som@example.org", "SOM@example.org")
    found = await store.list_reached_at("SOM@example.org", 3)
    assert [case.id[0] for case in found] == ["3", "2", "1"]
    assert await store.list_reached_at("other@example.org", 3) == []


async def test_whose_address_it_is_comes_before_whoever_typed_it_into_newer_cases(store: Store) -> None:
    (confirmed,) = await leave(store, "som@example.org", confirmed=True)
    (applied,) = await leave(store, "som@example.org", party="applicant")
    typed = await leave(store, *["som@example.org"] * 4)

    async def found(most: int) -> list[str]:
        return [case.id for case in await store.list_reached_at("som@example.org", most)]

    theirs = sorted([confirmed, applied], reverse=True)
    assert await found(9) == [*theirs, *reversed(typed)]
    assert await found(3) == [*theirs, typed[-1]]
    assert await found(2) == theirs
    assert await found(1) == theirs[:1]


@pytest.mark.parametrize(("left", "typed"), ALIKE)
async def test_nobody_is_found_by_an_address_that_only_looks_alike(store: Store, left: str, typed: str) -> None:
    await leave(store, left)
    assert await store.list_reached_at(typed, 3) == []
    assert [case.state.email for case in await store.list_reached_at(left.swapcase(), 3)] == [left]


async def test_who_left_an_address_or_a_number_and_what_was_merged_are_found_by_their_indexes(store: Store) -> None:
    for cases, field, index in (
        (store.files.collection, "state.into", "into"),
        (store.recipients.collection, "state.mailbox", "mailbox"),
        (store.recipients.collection, "state.dialled", "dialled"),
    ):
        plan = await cases.find({field: is_named("x")}).hint(index).explain()
        assert """'["x", "x"]'""" in str(plan["queryPlanner"]["winningPlan"]).replace("\\", "")
