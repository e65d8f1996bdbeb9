"""A mail server in the test that answers as it is told, and one message to it."""

import asyncio
from typing import Any

from services.notify.channels.server import Server
from services.notify.channels.smtp import Mail, MailServer
from services.notify.domain.delivery import Outcome


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


def mail(to: str = "somying@example.org") -> Mail:
    """With dots on lines of their own, which SMTP doubles on the way."""
    return Mail("onestop@maehia.example", to, b"Subject: test\r\n\r\n.\r\n..\r\n")


async def send(port: int, seconds: float = 5, **message: str) -> Outcome:
    """One message to a server of this machine."""
    return await once(Server("127.0.0.1", port), seconds, **message)


async def once(server: Server, seconds: float = 5, **message: str) -> Outcome:
    """One message to a server, and goodbye."""
    connections = MailServer(server, seconds, 1)
    try:
        return await connections.send(mail(**message))
    finally:
        await connections.close()
