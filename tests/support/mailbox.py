"""A mail server inside the test: keeps what it is given, and refuses when told to."""

import logging
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)  # else every line of every conversation


class Mailbox:
    """Listens on a port of 127.0.0.1 from `start` to `stop`; may be started again."""

    def __init__(self, port: int) -> None:
        self.port = port
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
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
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
            with self._lock:
                self._messages.append(message)
        return self.answer
