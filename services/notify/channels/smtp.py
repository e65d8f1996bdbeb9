"""The town's mail server: hands over one message, and says what became of it in the delivery's words."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from services.notify.channels.server import Server
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from shared.kernel.errors import say_error
from shared.telemetry import get_log

log = get_log(__name__)

_GOODBYE_SECONDS = 1.0  # for the answer to QUIT; all messages have been answered by then
_IDLE_SECONDS = 20.0  # servers hang up after some idle minutes
_MAILS_PER_CONNECTION = 100  # many servers accept no more
WAIT_SECONDS = 30.0  # for a connection, and then the timeout: a claim is good for longer (`Patience.lease`)
_GOOD_TIME = 20.0  # seconds in which everything in hand should leave, at the server's recent pace
_ROOM_MOST = 5000
AWAY_SECONDS = 15.0  # for so long a server that was not reached is left in peace by whoever could also wait
_DONE, _FORWARDED = 250, 251
_OF_CONTENT = (552, 554)  # said of the whole message: too large, not wanted as it is
_CLOSING = 421  # "service not available, closing"


@dataclass(frozen=True)
class Mail:
    """One message as the mail server is given it."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class Connection:
    """One signed-in connection; `mails`: how many it has carried."""

    client: aiosmtplib.SMTP
    mails: int = 0
    idle_since: float = 0.0


class _Stale(Exception):
    """A connection that had been idle turns out to be closed; nothing of the message has left."""


class MailServer:
    """At most `most` connections; each carries many messages, one after the other."""

    def __init__(self, server: Server, timeout_seconds: float, most: int) -> None:
        self._server = server
        self._timeout = timeout_seconds
        self._most = most
        self._slots = asyncio.Semaphore(most)
        self._pace = 0.05  # recent seconds per message, smoothed
        self._idle: list[Connection] = []  # the one used last is used first, so that the others may go
        self._goodbyes: set[asyncio.Task[None]] = set()
        self._away_until: float | None = None  # by the loop's clock; None: the last attempt reached it
        self.stopping = False  # what still waits for a connection is left to others

    @property
    def room(self) -> int:
        """How many messages may wait or be under way, and still leave in good time; none while the server is away.

        After that a few may try, also in a process that has nobody else to find out whether it is back.
        """
        if self._away_until is not None:
            return self._most if asyncio.get_running_loop().time() >= self._away_until else 0
        return min(_ROOM_MOST, max(self._most, int(self._most * _GOOD_TIME / self._pace)))

    async def send(self, mail: Mail) -> Outcome:
        """Sent when the server took it. What it says of us (sign-in, sender) never counts against the recipient."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            return Later("mail-server-busy")
        try:
            return Later("our-restart") if self.stopping else await self._deliver(mail)
        finally:
            self._slots.release()

    async def _deliver(self, mail: Mail) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout):
                outcome = await self._time_hand_over(mail)
        except aiosmtplib.SMTPNotSupported:  # an address in Thai letters, and a server that cannot write to it
            return Refused("smtp-not-supported")
        except aiosmtplib.SMTPResponseException as error:
            log.warning("the mail server does not take our mail", extra={"code": error.code})
            return Later(f"smtp-{error.code}")
        except (aiosmtplib.SMTPException, OSError) as error:  # a timeout is an OSError
            self._away_until = asyncio.get_running_loop().time() + AWAY_SECONDS
            log.warning("the mail server is away", extra={"why": say_error(error)})
            return Later("mail-server-away")
        self._away_until = None
        return outcome

    async def _time_hand_over(self, mail: Mail) -> Outcome:
        loop = asyncio.get_running_loop()
        began = loop.time()
        outcome = await self._hand_over(mail)
        self._pace += (loop.time() - began - self._pace) / 16
        return outcome

    async def close(self) -> None:
        """Say goodbye on every connection."""
        for connection in self._idle:
            self._retire(connection)
        self._idle.clear()
        await asyncio.gather(*self._goodbyes)

    async def _hand_over(self, mail: Mail) -> Outcome:
        while True:
            connection = await self._connection()
            try:
                outcome = await _carry(connection, mail)
            except _Stale:
                connection.client.close()
                continue
            except BaseException:  # its state is unknown
                connection.client.close()
                raise
            self._give_back(connection)
            return outcome

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected:
                return connection
        client = self._client()
        try:
            await client.connect()
            if self._server.user is not None:
                await client.login(self._server.user, self._server.password or "")
            await client.ehlo()
        except BaseException:
            client.close()
            raise
        return Connection(client)

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=server.starttls,
            cert_bundle=str(server.ca) if server.ca else None,
            timeout=self._timeout,
        )

    def _give_back(self, connection: Connection) -> None:
        if connection.mails >= _MAILS_PER_CONNECTION:
            self._retire(connection)
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        loop.call_later(_IDLE_SECONDS, self._retire_idle)

    def _retire_idle(self) -> None:
        latest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        for connection in [one for one in self._idle if one.idle_since <= latest]:
            self._idle.remove(connection)
            self._retire(connection)

    def _retire(self, connection: Connection) -> None:
        goodbye = asyncio.create_task(_leave(connection.client))
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)


async def _carry(connection: Connection, mail: Mail) -> Outcome:
    """One message over this connection. Raises `_Stale` only before the server could have taken any of it."""
    client, used = connection.client, connection.mails > 0
    connection.mails += 1
    try:
        refused = await _address(client, mail)
    except aiosmtplib.SMTPServerDisconnected as error:
        if used:
            raise _Stale from error
        raise
    except aiosmtplib.SMTPResponseException as error:
        if used and error.code == _CLOSING:
            raise _Stale from error
        raise
    if refused:
        await client.rset()
        return _answer(refused)
    try:
        await client.data(mail.content)
    except aiosmtplib.SMTPDataError as error:
        return Refused(f"smtp-{error.code}", of_content=True) if error.code in _OF_CONTENT else _answer(error.code)
    return Sent()


async def _address(client: aiosmtplib.SMTP, mail: Mail) -> int | None:
    """From whom and to whom; the code with which the server refuses the recipient.

    By plain commands: both are known to be addresses and nothing else, and aiosmtplib would parse each again.
    """
    options = _options(client, mail)
    answer = await client.execute_command(b"MAIL", f"FROM:<{mail.sender}>".encode(), *options)
    if answer.code != _DONE:
        raise aiosmtplib.SMTPSenderRefused(answer.code, answer.message, mail.sender)
    answer = await client.execute_command(b"RCPT", f"TO:<{mail.recipient}>".encode())
    return None if answer.code in (_DONE, _FORWARDED) else answer.code


def _options(client: aiosmtplib.SMTP, mail: Mail) -> list[bytes]:
    if mail.recipient.isascii() and mail.sender.isascii():
        return []
    if not client.supports_extension("smtputf8"):
        raise aiosmtplib.SMTPNotSupported("the server takes no addresses in other letters")
    return [b"SMTPUTF8", b"BODY=8BITMIME"]


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye and hang up. Whatever the server says to it, the messages have had their answers."""
    with suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await client.quit()
    client.close()


def _answer(code: int) -> Outcome:
    """RFC 5321: 4xx passes, 5xx does not."""
    return Refused(f"smtp-{code}") if code >= 500 else Later(f"smtp-{code}")
