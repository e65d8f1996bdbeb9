"""E-mail: hands one message to the town's mail server, and says what became of it in the delivery's words."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from shared.telemetry import get_log

log = get_log(__name__)

_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_GOODBYE_SECONDS = 1.0  # for the answer to QUIT: by then the message has long had its own


@dataclass(frozen=True)
class Server:
    """Where mail goes: `smtp://`, `smtp+starttls://` (nothing is sent without TLS) or `smtps://`.

    Behind it `[user:password@]host[:port]`, percent-encoded.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False
    starttls: bool = False

    @classmethod
    def of(cls, url: str) -> "Server":
        """ValueError says what is wrong with the URL, without its password."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(f"write {', '.join(f'{scheme}://host:port' for scheme in _SCHEMES)}")
        return cls(
            host=parts.hostname,
            port=_port(parts),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp+starttls",
        )


def _port(parts: SplitResult) -> int:
    return parts.port or _SCHEMES[parts.scheme]


class Email:
    """One connection per message: the server's own queue does the rest, and no state is left to go wrong."""

    def __init__(self, server: Server, timeout_seconds: float) -> None:
        self._server = server
        self._timeout = timeout_seconds

    async def send(self, message: EmailMessage) -> Outcome:
        """Sent when the server took it. What the server says of us (sign-in, sender) is never the recipient's fate."""
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout):
                await self._hand_over(client, message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _answer(error.recipients[0].code)
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused) as error:
            return _answer(error.code)
        except aiosmtplib.SMTPNotSupported:  # an address in Thai letters, and a server that cannot write to it
            return Refused("smtp-not-supported")
        except aiosmtplib.SMTPResponseException as error:
            log.warning("the mail server does not take our mail", extra={"code": error.code})
            return Later(f"smtp-{error.code}")
        except (aiosmtplib.SMTPException, OSError) as error:  # OSError: a timeout too
            client.close()
            log.warning("the mail server is away", extra={"error": type(error).__name__})
            return Later("mail-server-away")
        finally:
            await _leave(client)
        return Sent()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.tls, start_tls=server.starttls,
            timeout=self._timeout,
        )  # fmt: skip

    async def _hand_over(self, client: aiosmtplib.SMTP, message: EmailMessage) -> None:
        """Returns once the server has the message."""
        server = self._server
        await client.connect()
        if server.user is not None:
            await client.login(server.user, server.password or "")
        # Our own bytes: aiosmtplib's `send_message` would fold the headers by its own rules.
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        international = not recipient.isascii()
        if international:
            await client.ehlo()
            if not client.supports_extension("smtputf8"):
                raise aiosmtplib.SMTPNotSupported("the server takes no addresses in other letters")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        await client.sendmail(sender, [recipient], message.as_bytes(), mail_options=options)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye and hang up. Whatever the server says to it, the message has had its answer."""
    with suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await client.quit()
    client.close()


def _answer(code: int) -> Outcome:
    """RFC 5321: 4xx passes, 5xx does not."""
    return Refused(f"smtp-{code}") if code >= 500 else Later(f"smtp-{code}")
