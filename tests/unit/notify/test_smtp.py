"""E-mail over a real SMTP connection to a server in the test: what the server answers decides what becomes of it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from deploy.local.ports import free_ports
from services.notify.channels import smtp
from services.notify.channels.mail import Mail
from services.notify.channels.server import Server
from services.notify.channels.smtp import MailServer
from services.notify.domain.delivery import Later, Outcome, Refused, Sent

PLAIN_AUTH = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is our own machine


class Post:
    """A mail server that answers as it is told."""

    def __init__(self) -> None:
        self.rcpt = self.data = "250 OK"
        self.quit = "221 Bye"
        self.slow = self.slow_quit = 0.0
        self.taken: list[Any] = []
        self.callers: set[Any] = set()
        self.mail, self.only_callers, self.hangs_up = "250 OK", 1000, False

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: object, session: Any, envelope: Any, address: str, _options: object
    ) -> str:
        self.callers.add(session.peer)
        envelope.mail_from = address
        return self.mail if len(self.callers) <= self.only_callers else "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, _session: object, envelope: Any) -> str:  # noqa: N802 - same
        await asyncio.sleep(self.slow)
        if self.hangs_up:
            server.transport.abort()
            return "250 never said"
        if self.data.startswith("2"):
            self.taken.append(envelope)
        return self.data

    async def handle_QUIT(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - same
        await asyncio.sleep(self.slow_quit)
        return self.quit


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    (port,) = free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield port
    controller.stop()


def mail(to: str = "somying@example.org") -> Mail:
    return Mail("onestop@maehia.example", to, b"Subject: test\r\n\r\n.\r\n..\r\n")


async def send(port: int, seconds: float = 5, **message: str) -> Outcome:
    return await once(Server("127.0.0.1", port), seconds, **message)


async def once(server: Server, seconds: float = 5, **message: str) -> Outcome:
    """One message to a server, and goodbye."""
    connections = MailServer(server, seconds, 1)
    try:
        return await connections.send(mail(**message))
    finally:
        await connections.close()


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
        ("250 OK", "554 not wanted", Refused("smtp-554")),
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
    monkeypatch.setattr(smtp, "_WAIT_SECONDS", 0.5)
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


@PLAIN_AUTH
async def test_what_the_server_has_against_us_is_not_the_recipients_fate() -> None:
    (port,) = free_ports(1)
    controller = Controller(
        Post(), hostname="127.0.0.1", port=port, auth_required=True, auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )  # fmt: skip
    controller.start()
    try:
        outcome = await once(Server("127.0.0.1", port, "onestop", "wrong"))
    finally:
        controller.stop()
    assert outcome == Later("smtp-535")


@PLAIN_AUTH
async def test_it_signs_in_with_the_urls_user_and_password() -> None:
    (port,) = free_ports(1)
    given: list[LoginPassword] = []

    def check(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
        given.append(data)
        return AuthResult(success=True)

    controller = Controller(
        Post(), hostname="127.0.0.1", port=port, auth_required=True, auth_require_tls=False, authenticator=check
    )  # fmt: skip
    controller.start()
    try:
        assert await once(Server.of(f"smtp://post%40town:p%2Fw@127.0.0.1:{port}")) == Sent()
    finally:
        controller.stop()
    assert [(one.login, one.password) for one in given] == [(b"post@town", b"p/w")]


async def test_without_tls_a_server_that_must_have_it_gets_nothing(post: Post, port: int) -> None:
    assert isinstance(await once(Server.of(f"smtp+starttls://127.0.0.1:{port}")), Later)
    assert post.taken == []


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


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", Server("127.0.0.1", 1025)),
        ("smtp://mail.town", Server("mail.town", 25)),
        ("smtps://u:p@mail.town", Server("mail.town", 465, "u", "p", tls=True)),
        ("smtp+starttls://u:p%40@mail.town", Server("mail.town", 587, "u", "p@", starttls=True)),
    ],
)
def test_a_url_names_the_server(url: str, server: Server) -> None:
    assert Server.of(url) == server


@pytest.mark.parametrize("url", ["mail.town", "http://mail.town", "smtp://", "smtp://user:secret@"])
def test_a_wrong_url_is_refused_without_quoting_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port") as refused:
        Server.of(url)
    assert "secret" not in str(refused.value)
