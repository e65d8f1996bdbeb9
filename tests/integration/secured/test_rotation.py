"""Secrets are changed while a town works: what was accepted arrives once, whichever step an operator has reached.

The steps are those of docs/operations/secrets.md. Connections are cut in between, for a broker or a database that is
restarted or fails over asks everybody again who they are.
"""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from secrets import token_urlsafe

import pytest
from pymongo import MongoClient

from deploy.local.authority import Authority, write_private
from deploy.local.downloads import cache
from deploy.local.part import http_ready
from deploy.local.parts.services import BY_CERTIFICATE
from deploy.local.secured import ADMIN, Secured
from shared.events.catalogue import SERVICES
from shared.settings import ServiceSettings
from tests.support.kernel import eventually
from tests.support.persistent_clients import Asked, PersistentClients
from tests.support.reconciliation import Cases, settle
from tests.support.stack import Stack

PARTS = ("mail", "kafka", "mongo", "oidc", "topics", *SERVICES)
pytestmark = [pytest.mark.campaign, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def town() -> Iterator[Stack]:
    """Each test leaves it working, with other secrets."""
    with Stack(
        is_secured=True, RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT=""
    ) as stack:
        yield stack.up(*PARTS)


@pytest.fixture
async def clients(town: Stack) -> AsyncIterator[PersistentClients]:
    async with PersistentClients(town) as people:
        yield people


async def test_a_service_with_yesterdays_broker_password_accepts_and_loses_nothing(
    town: Stack, clients: PersistentClients
) -> None:
    asked = [await _whole_case(clients)]
    for name in ("intake", "notify"):
        await asyncio.to_thread(_new_broker_password, town, name)
    asked.append(await _whole_case(clients))  # connections outlive the password that opened them
    await asyncio.to_thread(town.restart, "kafka")
    await eventually(lambda: _hindered(clients, "consumer", "intake", "notify"), 60)
    asked += [await clients.report() for _ in range(3)]
    assert (await clients.probe("intake", "/readyz")).status_code == 200
    await asyncio.to_thread(_restart, town, "intake", "notify")
    asked.append(await _whole_case(clients))
    await settle(town, _cases(asked))


async def test_a_service_with_yesterdays_database_password_says_so_and_loses_nothing(
    town: Stack, clients: PersistentClients
) -> None:
    asked = [await _whole_case(clients)]
    for name in SERVICES:
        await asyncio.to_thread(_new_database_password, town, name)
    asked.append(await _whole_case(clients))
    waiting = await clients.report()  # its work is still under way when nobody can sign in any more
    await asyncio.to_thread(town.restart, "mongo")
    await eventually(lambda: _hindered(clients, "database", *SERVICES), 60)
    await eventually(lambda: _refused(clients, "intake"), 60)
    refused, _ = await asyncio.gather(clients.report(), asyncio.to_thread(_restart, town, *SERVICES))
    assert set(refused.refusals) <= {"503", "ConnectError", "ReadError", "RemoteProtocolError"}
    await settle(town, _cases([*asked, waiting, refused]))


async def test_a_new_authority_takes_over_from_the_old_one_without_a_gap(
    town: Stack, clients: PersistentClients
) -> None:
    secured = town.secured
    assert secured is not None
    old, new = secured.ca.read_text(), Authority(secured.folder / "next.pem", secured.folder / "next.key")
    new.found()
    asked = [await _whole_case(clients)]

    async def step(change: Callable[[], None], *restarted: str) -> None:
        change()
        for part in restarted:
            await asyncio.to_thread(town.restart, part)
        await clients.ready(*SERVICES)
        async with PersistentClients(town) as people:  # they too read whom to trust when they begin
            asked.append(await _whole_case(people))

    both, parts = f"{old}{new.certificate.read_text()}", ("mail", "kafka", "mongo")
    await step(lambda: write_private(secured.ca, both), *parts, *SERVICES)  # everybody trusts both
    await step(lambda: _issue_anew(secured, new), *parts, *BY_CERTIFICATE)  # everybody is vouched for by the new one
    await step(lambda: write_private(secured.ca, new.certificate.read_text()), *parts, *SERVICES)  # and trusts no other
    await settle(town, _cases(asked))


async def test_a_service_whose_certificate_is_no_longer_trusted_accepts_and_catches_up_with_a_new_one(
    town: Stack, clients: PersistentClients
) -> None:
    """As when it has run out while nobody looked: told on `/workz`, and nothing of it is lost."""
    secured = town.secured
    assert secured is not None
    (name,) = BY_CERTIFICATE
    other = Authority(secured.folder / "gone.pem", secured.folder / "gone.key")
    other.found()
    good = secured.certificate(name).read_text()
    write_private(secured.certificate(name), other.issue(name))
    await asyncio.to_thread(_restart_hindered, town, name)
    asked = [await clients.report() for _ in range(3)]
    await eventually(lambda: _hindered(clients, "consumer", name), 60)
    write_private(secured.certificate(name), good)
    await asyncio.to_thread(town.restart, name)
    asked.append(await _whole_case(clients))
    await settle(town, _cases(asked))


async def test_links_open_at_each_step_and_the_old_ones_end_with_the_last(
    town: Stack, clients: PersistentClients
) -> None:
    old, new = town.part("intake").env.get("LINK_SECRET", ServiceSettings().link_secret), token_urlsafe(32)
    asked = [await clients.report()]
    for step in ({"LINK_SECRET": old, "LINK_SECRET_ALSO": new}, {"LINK_SECRET": new, "LINK_SECRET_ALSO": old}):
        for service in SERVICES:
            town.configure(service, **step)
        await asyncio.to_thread(_restart, town, *SERVICES)
        asked.append(await clients.report())
        assert [(await clients.seen(one))["state"] for one in asked]
    for service in SERVICES:
        town.configure(service, LINK_SECRET_ALSO="")
    await asyncio.to_thread(_restart, town, *SERVICES)
    assert await clients.seen(asked[-1]), "made with the new one"
    first = asked[0].answer
    path = f"{clients.url('intake')}/api/v1/reports/{first['reference']}/comments?secret={first['secret']}"
    assert (await clients.post_once(path, {"text": "ขอบคุณ"})).status_code == 404, "to a stranger there is none"
    await settle(town, _cases(asked))


async def _whole_case(clients: PersistentClients) -> Asked:
    asked = await clients.report()
    await clients.work(asked.answer["id"], "acknowledge", "start", "start", "complete")
    return asked


def _cases(asked: list[Asked]) -> Cases:
    return Cases([one.answer["id"] for one in asked])


async def _hindered(clients: PersistentClients, check: str, *services: str) -> bool:
    answers = [await clients.probe(service) for service in services]
    return all(answer.status_code == 503 and check in answer.json()["problems"] for answer in answers)


async def _refused(clients: PersistentClients, service: str) -> bool:
    told = (await clients.probe(service)).json()["problems"]["database"]
    return "refuses us" in told and "Authentication failed" in told


def _restart(stack: Stack, *services: str) -> None:
    for service in services:
        stack.stop(service)
    stack.up(*services)


def _restart_hindered(stack: Stack, service: str) -> None:
    """It serves, and its work does not go on."""
    whole = stack.part(service)
    stack.change(service, lambda part: replace(part, ready=lambda: http_ready(part.ports[0], "/readyz")))
    try:
        stack.restart(service)
    finally:
        stack.change(service, lambda _: whole)


def _new_broker_password(stack: Stack, name: str) -> None:
    """By Kafka's own command, as its administrator; and in the file that the service reads when it starts."""
    secured, password = stack.secured, token_urlsafe(24)
    assert secured is not None
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    file = stack.home / "admin.properties"
    file.write_text(
        "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nssl.truststore.type=PEM\n"
        f"ssl.truststore.location={secured.ca}\n"
        f'sasl.jaas.config={login} username="{ADMIN}" password="{secured.password(ADMIN)}";\n'
    )
    subprocess.run(
        ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", f"{cache()}/kafka/*", "kafka.admin.ConfigCommand",
         "--bootstrap-server", stack.kafka, "--command-config", str(file), "--alter",
         "--add-config", f"SCRAM-SHA-512=[password={password}]", "--entity-type", "users", "--entity-name", name],
        check=True, capture_output=True,
    )  # fmt: skip
    write_private(secured.password_file(name), password)


def _new_database_password(stack: Stack, name: str) -> None:
    """In the database, and in the address that the service is started with."""
    password, uri = token_urlsafe(24), stack.part(name).env["MONGODB_URI"]
    with MongoClient[dict[str, object]](stack.mongo) as administrator:
        administrator.admin.command("updateUser", name, pwd=password)
    stack.configure(name, MONGODB_URI=re.sub(rf"//{name}:[^@]+@", f"//{name}:{password}@", uri))


def _issue_anew(secured: Secured, authority: Authority) -> None:
    write_private(secured.server, authority.issue("localhost", ("localhost", "127.0.0.1")))
    for name in secured.names:
        write_private(secured.certificate(name), authority.issue(name))
