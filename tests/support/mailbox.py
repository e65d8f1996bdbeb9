"""A mail server inside the test: keeps what it is given, and refuses when told to."""

import asyncio
import logging
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from deploy.local.secured import POST, Secured

logging.getLogger("mail.log").setLevel(logging.ERROR)  # else every line of every conversation, and what it deprecates


class Mailbox:
    """Listens on a port of 127.0.0.1 from `start` to `stop`; may be started again.

    `secured`: it takes mail over TLS alone, from who signs in.
    """

    def __init__(self, port: int, secured: Secured | None = None) -> None:
        self.port = port
        self._secured = secured
        self.answer = "250 OK"  # what a message gets; "451 later" or "550 no such user" to refuse it
        self._messages: list[EmailMessage] = []
        self._lock = threading.Lock()
        self._controller: Any = None

    @property
    def messages(self) -> list[EmailMessage]:
        """Everything accepted so far."""
        with self._lock:
            return list(self._messages)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages for one address."""
        return [message for message in self.messages if address in str(message["To"])]

    def start(self) -> None:
        """Listen."""
        if self._controller is None:
            guarded = _guarded(self._secured) if self._secured else {}
            self._controller = _Controller(self, hostname="127.0.0.1", port=self.port, **guarded)
            self._controller.start()

    def stop(self) -> None:
        """Hang up; the messages stay."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd for each message."""
        if self.answer.startswith("2"):
            message = message_from_bytes(envelope.original_content, policy=policy.default)
            for name in ("To", "Message-ID"):  # read now, and not by each look for one among hundreds
                if name in message:
                    message.replace_header(name, message[name])
            with self._lock:
                self._messages.append(message)
        return self.answer


class _Controller(Controller):
    """Hangs up on whoever is connected when it stops: aiosmtpd leaves those open that went over to TLS, and some later
    test was told of them."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self._connected: set[asyncio.WriteTransport] = set()
        super().__init__(*given, **more)

    def factory(self) -> Any:
        """As aiosmtpd makes it, and each connection noted."""
        protocol: Any = super().factory()  # type: ignore[no-untyped-call]  # aiosmtpd says no types
        begin = protocol.connection_made

        def connection_made(transport: asyncio.WriteTransport) -> None:
            self._connected.add(transport)
            begin(transport)

        protocol.connection_made = connection_made
        return protocol

    def stop(self, no_assert: bool = False) -> None:
        """Hang up, then stop."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for transport in self._connected:
            if not transport.is_closing():  # Python 3.11.2 fails at one of TLS that has ended
                transport.abort()
        await asyncio.sleep(0)  # the loop's next round closes them


def _guarded(secured: Secured) -> dict[str, Any]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(secured.server)
    known = LoginPassword(POST.encode(), secured.password(POST).encode())

    def check(_server: object, _session: object, _envelope: object, _mechanism: str, said: object) -> AuthResult:
        return AuthResult(success=said == known, handled=False)

    return {"tls_context": tls, "require_starttls": True, "auth_required": True, "authenticator": check}
