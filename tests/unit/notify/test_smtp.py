"""E-mail over a real SMTP connection to a server in the test: what the server answers decides what becomes of it."""

import asyncio

import pytest
from aiosmtpd.controller import Controller

from deploy.local.ports import free_ports
from services.notify.channels import smtp
from services.notify.channels.server import Server
from services.notify.channels.smtp import MailServer
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from tests.support.notify_post import Post, mail, send


async def test_what_the_server_takes_is_sent(post: Post, port: int) -> None:
    assert await send(port) == Sent()
    assert [envelope.rcpt_tos for envelope in post.taken] == [["somying@example.org"]]
    assert [envelope.content for envelope in post.taken] == [mail().content]


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("451 later", "250 OK", Later("smtp-451")),
        ("550 no such user", "250 OK", Refused("smtp-550")),
        ("250 OK", "452 no space", Later("smtp-452")),
        ("250 OK", "554 not wanted", Refused("smtp-554", of_content=True)),
    ],
)
async def test_4xx_passes_and_5xx_does_not(post: Post, port: int, rcpt: str, data: str, outcome: Outcome) -> None:
    post.rcpt, post.data = rcpt, data
    assert await send(port) == outcome
    assert post.taken == []


async def test_a_server_that_is_not_there_is_asked_again() -> None:
    (port,) = free_ports(1)
    assert await send(port) == Later("mail-server-away")


async def test_a_process_that_only_hears_events_finds_out_that_the_server_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "AWAY_SECONDS", 0.2)
    (port,) = free_ports(1)
    server = MailServer(Server("127.0.0.1", port), 5, 2)
    assert server.room > 2
    assert await server.send(mail()) == Later("mail-server-away")
    assert server.room == 0, "it is left in peace"
    await asyncio.sleep(0.25)
    assert server.room == 2, "a few may try"
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert await server.send(mail()) == Sent()
        assert server.room > 2
        await server.close()
    finally:
        controller.stop()


async def test_a_server_that_is_too_slow_is_asked_again(post: Post, port: int) -> None:
    post.slow = 2
    began = asyncio.get_running_loop().time()
    assert await send(port, seconds=0.2) == Later("mail-server-away")
    assert asyncio.get_running_loop().time() - began < 1.5


@pytest.mark.parametrize(("seconds", "says"), [(30.0, "221 Bye"), (0.0, "421 too busy for goodbyes")])
async def test_what_was_taken_is_sent_however_the_server_says_goodbye(
    post: Post, port: int, seconds: float, says: str
) -> None:
    post.slow_quit, post.quit = seconds, says
    began = asyncio.get_running_loop().time()
    assert await send(port, seconds=0.8) == Sent()
    assert len(post.taken) == 1
    assert asyncio.get_running_loop().time() - began < 3


async def test_a_server_that_comes_back_is_used_again() -> None:
    (port,) = free_ports(1)
    server, post = MailServer(Server("127.0.0.1", port), 5, 1), Post()
    assert await server.send(mail()) == Later("mail-server-away")
    room = [server.room]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert await server.send(mail()) == Sent()
        assert (*room, server.room > 0) == (0, True)
        await server.close()
    finally:
        controller.stop()


async def test_an_address_that_the_server_cannot_write_to_is_refused(port: int) -> None:
    assert await send(port, to="สมหญิง@example.org") == Refused("smtp-not-supported")


async def test_an_address_in_thai_letters_is_written_to_where_the_server_can(post: Post) -> None:
    (port,) = free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        assert await send(port, to="สมหญิง@example.org") == Sent()
    finally:
        controller.stop()
    assert [envelope.rcpt_tos for envelope in post.taken] == [["สมหญิง@example.org"]]
