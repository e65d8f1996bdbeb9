"""`kill -9` of each service between each two steps of the kernel: afterwards everything has arrived, once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from tests.support.deadly.part import deadly as deadly_part
from tests.support.deadly.part import flag_of
from tests.support.kernel import eventually
from tests.support.persistent_clients import Asked, PersistentClients
from tests.support.reconciliation import Cases, caught_up, settle
from tests.support.stack import Stack

STEPS = ("acknowledge", "start", "start", "complete")
OF_A_CASE = ("after-save", "after-send", "after-effect")  # the others know no case


@pytest.fixture(scope="module")
def deadly(battered: Stack) -> Iterator[Stack]:
    """Each service with the launcher that can kill it; the production code is the same."""
    before = {name: battered._runner.parts[name] for name in SERVICES}
    for name in SERVICES:
        battered.change(name, lambda part: deadly_part(part, battered.home))
    battered.configure("notify", DEADLY_LEASE_SECONDS="8")
    battered.up(*SERVICES)
    yield battered
    for name, part in before.items():
        battered.change(name, lambda _, part=part: part)  # type: ignore[misc]
    battered.up(*SERVICES)


@pytest.fixture(scope="module")
def quiet_day() -> dict[str, Any]:
    """What a case looks like when nothing fails; filled by the first test that asks."""
    return {}


@pytest.mark.parametrize("point", ["after-save", "after-send", "before-pull", "after-effect", "before-commit"])
async def test_each_service_dies_between_two_steps(
    deadly: Stack, clients: PersistentClients, quiet_day: dict[str, Any], point: str
) -> None:
    if not quiet_day:
        quiet_day |= await _day(deadly, clients)
        assert quiet_day["report"]["received"] == 1

    assert await _day(deadly, clients, point) == quiet_day


async def test_a_mail_that_was_sent_before_the_kill_is_repeated_under_its_own_id_at_most(
    deadly: Stack, clients: PersistentClients
) -> None:
    """Between the mail server's answer and our note of it nothing can help: the repeat has the same Message-ID."""
    deadly.configure("notify", DEADLY_LEASE_SECONDS="1")
    deadly.up("notify")
    key = new_id()
    _arm(deadly, "notify", "after-mail")

    asked, _ = await asyncio.gather(clients.report(key), _raise(deadly, "notify"))

    address = f"{key.lower()}@resident.example"
    notices = clients.mongo["onestop_notify"]["notices"]
    query = {"state.case_id": asked.answer["id"], "state.deliveries.channel": "email"}
    await eventually(lambda: _all_sent(notices, query, address, deadly), 90)
    mails = Counter(str(one["Message-ID"]) for one in deadly.mailbox.messages)
    sent = [f"<{one['_id'].lower()}@" async for one in notices.find(query)]
    times = [sum(count for name, count in mails.items() if name.startswith(prefix)) for prefix in sent]
    # Others may have been on their way beside it.
    assert set(times) <= {1, 2}, "a mail was lost, or sent more than once again"
    assert 2 in times, "the one that died is there twice, under one id"
    deadly.mailbox._messages[:] = {str(one["Message-ID"]): one for one in deadly.mailbox.messages}.values()
    await settle(deadly, Cases([asked.answer["id"]]))


async def _day(stack: Stack, clients: PersistentClients, point: str = "") -> dict[str, Any]:
    """A report and a permit from their beginning to their end, with a death of each service on the way."""
    key = new_id()
    report_id, application_id = await clients.claim("reports", key), await clients.claim("applications", f"{key}-open")
    for service in SERVICES if point else ():
        _arm(stack, service, point, report_id, application_id)
    asked, decided, _ = await asyncio.gather(
        _report(clients, key), clients.permit(key), _raise_the_dead(stack, armed=bool(point))
    )
    assert (asked.answer["id"], decided.id) == (report_id, application_id)
    await settle(stack, Cases([report_id], [application_id]), killed=bool(point))
    return await _story(clients, asked, application_id)


def _arm(stack: Stack, service: str, point: str, *cases: str) -> None:
    lines = [point, *(cases if point in OF_A_CASE else ())]
    flag_of(stack.home, service).write_text("\n".join(lines))


async def _raise_the_dead(stack: Stack, *, armed: bool) -> None:
    if armed:
        await asyncio.gather(*(_raise(stack, service) for service in SERVICES))


async def _raise(stack: Stack, service: str) -> None:
    """Wait until it has died at its point (TimeoutError when it never got there), and start it as usual."""
    flag = flag_of(stack.home, service)
    await eventually(lambda: asyncio.to_thread(_is_dead, stack, service, flag), 100)
    await asyncio.to_thread(stack.start, service)


def _is_dead(stack: Stack, service: str, flag: Path) -> bool:
    return not flag.exists() and not stack.running(service)


async def _all_sent(notices: Any, query: dict[str, Any], address: str, stack: Stack) -> bool:
    """The one that its reporter is owed, as long as the address is not confirmed, is there; none is under way."""
    under_way = await notices.count_documents({**query, "state.deliveries": {"$elemMatch": {"due_at": {"$ne": None}}}})
    return not under_way and len({str(one["Message-ID"]) for one in stack.mailbox.to(address)}) == 1


async def _report(clients: PersistentClients, key: str) -> Asked:
    asked = await clients.report(key)
    await clients.work(asked.answer["id"], *STEPS)
    return asked


async def _story(clients: PersistentClients, asked: Asked, application_id: str) -> dict[str, Any]:
    """What people read in the end: how often each thing happened, and how it stands."""
    applications = clients.mongo["onestop_permits"]["applications"]
    written = {"_id": application_id, "state.timeline.type": "letter-made"}
    await eventually(lambda: applications.find_one(written), 60)  # by a timer, after the decision
    await caught_up(clients.stack)  # the last notices are on their way to the timelines
    report, application = await clients.seen(asked), await applications.find_one(written)
    assert application is not None
    return {
        "report": Counter(entry["type"] for entry in report["timeline"]),
        "state": report["state"],
        "application": Counter(entry["type"] for entry in application["state"]["timeline"]),
        "decided": application["state"]["state"],
    }
