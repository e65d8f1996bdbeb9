"""More than one process of a service, of all roles or of one each: they share the work, and any of them may go."""

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from deploy.local.part import Part, http_ready
from deploy.local.ports import free_ports
from deploy.local.processes import _CHILDREN
from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from tests.support.deadly.part import deadly
from tests.support.persistent_clients import Asked, Load, PersistentClients
from tests.support.reconciliation import Cases, settle
from tests.support.stack import Stack

ROLES = ("api", "worker", "relay", "timers")
SPLIT = ("intake", "notify")  # the one that takes requests, and the one that lives by timers
SHUTDOWN_SECONDS = 20.0  # the default that operators' grace periods are made for


def another(part: Part, name: str, port: int, **env: str) -> Part:
    """A second process of a service, on its own port."""
    argv = [*part.argv]
    argv[argv.index("--port") + 1] = str(port)
    return replace(
        part, name=name, argv=argv, ports=(port,), env={**part.env, **env}, ready=lambda: http_ready(port, "/workz")
    )


@pytest.fixture
def twins(battered: Stack) -> Iterator[dict[str, int]]:
    """A second process of each service; by its service the port."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    parts = battered._runner.parts
    patient = parts["notify"]
    parts["notify"] = deadly(patient, battered.home, DEADLY_LEASE_SECONDS="8")  # for mails in hand when one is killed
    for service, port in ports.items():
        parts[f"{service}-2"] = another(parts[service], f"{service}-2", port)
    battered.up("notify", *(f"{service}-2" for service in SERVICES))
    yield ports
    for service in SERVICES:
        battered.stop(f"{service}-2")
        del parts[f"{service}-2"]
    parts["notify"] = patient
    battered.up("notify")


async def test_two_of_each_double_nothing_and_one_goes_on_when_the_other_is_killed(
    battered: Stack, clients: PersistentClients, twins: dict[str, int]
) -> None:
    async with PersistentClients(battered, **twins) as others, Load(clients, 3) as load, Load(others, 3) as second:
        first = await asyncio.gather(*(_whole_case(people) for people in (clients, others)))
        for service in SERVICES:
            battered.kill(f"{service}-2")
        alone = await asyncio.gather(_whole_case(clients), clients.permit(new_id()))
        others._urls.clear()  # who was sent to the second one comes to the first
    cases = Cases([*(one.answer["id"] for one in (*first, alone[0], *load.asked, *second.asked))], [alone[1].id])
    await settle(battered, cases, killed=True)


async def test_each_role_in_a_process_of_its_own(battered: Stack, clients: PersistentClients) -> None:
    parts, names = battered._runner.parts, [f"{service}-{role}" for service in SPLIT for role in ROLES]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    for service in SPLIT:
        battered.stop(service)
        for role in ROLES:
            name = f"{service}-{role}"
            parts[name] = another(parts[service], name, ports[name], ROLES=role)
    try:
        await asyncio.to_thread(battered.up, *names)
        async with PersistentClients(battered, **{service: ports[f"{service}-api"] for service in SPLIT}) as people:
            asked, permit = await asyncio.gather(_whole_case(people), people.permit(new_id()))
            await settle(battered, Cases([asked.answer["id"]], [permit.id]))
            assert (await people.seen(asked))["state"] == "resolved"
    finally:
        for name in names:
            battered.stop(name)
            del parts[name]
        await asyncio.to_thread(battered.up, *SPLIT)


async def test_a_service_that_is_told_to_stop_ends_in_time_and_loses_nothing(
    battered: Stack, clients: PersistentClients
) -> None:
    before = {service: len(battered.logs(service)) for service in SERVICES}
    ends: dict[str, tuple[float, int | None]] = {}
    async with Load(clients, 6) as load:
        for service in SERVICES:
            await asyncio.sleep(1)
            ends[service] = await asyncio.to_thread(_end, battered, service)
            await asyncio.to_thread(battered.start, service)
    for service, (seconds, code) in ends.items():
        assert seconds < SHUTDOWN_SECONDS, f"{service} took {seconds:.1f} s to stop"
        assert code in (0, -signal.SIGTERM), (
            f"{service} ended with {code}"
        )  # uvicorn ends by the signal that it was sent
        assert _complaints(battered.logs(service)[before[service] :]) == []
    assert {refusal for one in load.asked for refusal in one.refusals if refusal.isdecimal()} == set()
    assert len({one.answer["id"] for one in load.asked}) == len(load.asked)
    await settle(battered, Cases([one.answer["id"] for one in load.asked]))


def _end(stack: Stack, service: str) -> tuple[float, int | None]:
    """How long it took after SIGTERM, and with which status."""
    child, began = _CHILDREN[stack.pid(service)], time.monotonic()
    child.send_signal(signal.SIGTERM)
    code = child.wait(timeout=2 * SHUTDOWN_SECONDS)
    return time.monotonic() - began, code


def _complaints(log: str) -> Sequence[str]:
    return [
        line
        for line in log.splitlines()
        if "Traceback" in line or '"level": "error"' in line or '"level": "critical"' in line
    ]


async def _whole_case(people: PersistentClients) -> Asked:
    asked = await people.report()
    await people.work(asked.answer["id"], "acknowledge", "start", "start", "complete")
    return asked
