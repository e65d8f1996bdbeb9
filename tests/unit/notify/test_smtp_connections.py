"""Many messages over few connections: each is kept as long as it is good, and never longer."""

import asyncio

import pytest

from services.notify.channels import smtp
from services.notify.channels.server import Server
from services.notify.channels.smtp import MailServer
from services.notify.domain.delivery import Later, Refused, Sent
from tests.support.notify_post import Post, mail


async def test_many_messages_share_one_connection(post: Post, port: int) -> None:
    server = MailServer(Server("127.0.0.1", port), 5, 4)
    for _ in range(3):
        assert await server.send(mail()) == Sent()
    await server.close()
    assert (len(post.taken), len(post.callers)) == (3, 1)


async def test_no_more_connections_than_allowed(post: Post, port: int) -> None:
    server = MailServer(Server("127.0.0.1", port), 5, 2)
    post.slow = 0.05
    outcomes = await asyncio.gather(*(server.send(mail()) for _ in range(8)))
    await server.close()
    assert outcomes == [Sent()] * 8
    assert len(post.callers) == 2


async def test_a_slow_server_is_given_less_at_once_than_a_quick_one(post: Post, port: int) -> None:
    server, before = MailServer(Server("127.0.0.1", port), 5, 2), []
    for slow in (0.0, 0.5):
        post.slow = slow
        await asyncio.gather(*(server.send(mail()) for _ in range(8)))
        before.append(server.room)
    await server.close()
    assert before[0] > before[1] >= 2


async def test_who_waits_too_long_for_a_connection_is_asked_later(
    post: Post, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "WAIT_SECONDS", 0.5)
    server = MailServer(Server("127.0.0.1", port), 5, 1)
    post.slow = 0.4
    outcomes = await asyncio.gather(*(server.send(mail()) for _ in range(4)))
    await server.close()
    assert Later("mail-server-busy") in outcomes
    assert outcomes[0] == Sent()
    assert server.room > 0, "it is busy, and not away"


async def test_at_a_stop_what_still_waits_is_left_to_others(post: Post, port: int) -> None:
    server = MailServer(Server("127.0.0.1", port), 5, 1)
    post.slow = 0.3
    sending = [asyncio.create_task(server.send(mail())) for _ in range(3)]
    await asyncio.sleep(0.15)
    server.stopping = True
    assert await asyncio.gather(*sending) == [Sent(), Later("our-restart"), Later("our-restart")]
    await server.close()
    assert len(post.taken) == 1


async def test_a_refused_recipient_leaves_the_connection_to_the_next(post: Post, port: int) -> None:
    server = MailServer(Server("127.0.0.1", port), 5, 1)
    post.rcpt = "550 no such user"
    assert await server.send(mail()) == Refused("smtp-550")
    post.rcpt = "250 OK"
    assert await server.send(mail()) == Sent()
    await server.close()
    assert (len(post.taken), len(post.callers)) == (1, 1)


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(post: Post, port: int) -> None:
    server = MailServer(Server("127.0.0.1", port), 5, 1)
    assert await server.send(mail()) == Sent()
    post.mail = "421 restarting"
    post.only_callers = 1  # whoever comes anew is welcome
    assert await server.send(mail()) == Sent()
    await server.close()
    assert (len(post.taken), len(post.callers)) == (2, 2)


async def test_a_server_that_hangs_up_with_the_message_in_hand_is_asked_later(post: Post, port: int) -> None:
    """Whether it has kept it nobody knows: the repeat has the same Message-ID."""
    server = MailServer(Server("127.0.0.1", port), 5, 1)
    assert await server.send(mail()) == Sent()
    post.hangs_up = True
    assert await server.send(mail()) == Later("mail-server-away")
    post.hangs_up = False
    assert await server.send(mail()) == Sent()
    await server.close()
    assert len(post.taken) == 2
