"""The mail server of the settings: where it is, and that it is signed in to with what the URL says."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from deploy.local.authority import Authority
from deploy.local.ports import free_ports
from services.notify.channels.server import Server
from services.notify.domain.delivery import Later, Sent
from tests.support.notify_post import Post, once

PLAIN_AUTH = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is our own machine


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


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_server_is_trusted_by_whom_the_town_trusts(scheme: str, tmp_path: Path) -> None:
    """A town's own mail server seldom has a certificate that the whole world knows."""
    authority = Authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    authority.found()
    (tmp_path / "server.pem").write_text(authority.issue("mail", ["127.0.0.1"]))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "server.pem")
    guarded = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls, "require_starttls": True}
    (port,) = free_ports(1)
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port, **guarded)
    controller.start()
    try:
        server = Server.of(f"{scheme}://127.0.0.1:{port}")
        assert await once(server) == Later("mail-server-away")
        assert await once(replace(server, ca=authority.certificate)) == Sent()
        assert await once(replace(server, host="localhost", ca=authority.certificate)) == Later("mail-server-away")
    finally:
        controller.stop()
    assert len(post.taken) == 1


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
