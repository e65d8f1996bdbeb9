"""What a town needs of others: who signs people in, takes its mail, keeps its traces; and their certificates."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiosmtplib
import httpx
from pydantic import ValidationError

from services.notify.settings import Settings as NotifySettings
from shared.hosts import is_this_machine
from shared.kernel.clock import now
from shared.kernel.errors import say_error
from shared.settings import MissingFile, ServiceSettings
from tools.operate.doctor import neighbours
from tools.operate.doctor.finding import Finding, Grade

ANSWER_SECONDS = 10.0
SKEW = timedelta(seconds=30)  # half of what is granted to a token's times
SOON = timedelta(days=21)  # enough to renew a certificate by hand, and longer than robots leave it
WANTED = ("authorization_endpoint", "token_endpoint", "jwks_uri")  # without which nobody signs in
TRUST = ssl.create_default_context


async def look(settings: ServiceSettings) -> list[Finding]:
    """Each is asked once."""
    found = await asyncio.gather(
        of_provider(settings), _mail(), neighbours.letters(), neighbours.scanner(), _collector(settings),
        _certificates(settings),
    )  # fmt: skip
    return [one for of_one in found for one in of_one]


async def of_provider(settings: ServiceSettings) -> list[Finding]:
    issuer = settings.oidc_issuer.rstrip("/")
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, verify=_build_trust(settings)) as client:
            answer = (await client.get(f"{issuer}/.well-known/openid-configuration")).raise_for_status()
            published = answer.json()
            keys = (await client.get(published.get("jwks_uri", issuer))).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return [_note("broken", f"OIDC_ISSUER={issuer} gives no usable answer, nobody can sign in: {say_error(error)}")]
    return list(of_issuer(issuer, published, keys, _date(answer), now()))


def of_issuer(
    issuer: str, published: Mapping[str, Any], keys: Mapping[str, Any], its_time: datetime | None, at: datetime
) -> Iterator[Finding]:
    """What the provider publishes of itself."""
    if str(published.get("issuer", "")).rstrip("/") != issuer:
        yield _note("broken", f"OIDC_ISSUER={issuer} calls itself {published.get('issuer')}: write that name")
    if missing := [name for name in WANTED if name not in published]:
        yield _note("broken", f"OIDC_ISSUER={issuer} says no {', '.join(missing)}")
    if not keys.get("keys"):
        yield _note("broken", f"OIDC_ISSUER={issuer} publishes no keys: no token can be verified")
    if "end_session_endpoint" not in published:
        yield _note("unfinished", f"OIDC_ISSUER={issuer} has no end_session_endpoint: who signs out here is still "
                    "signed in there, and comes back without a password")  # fmt: skip
    if its_time and abs(its_time - at) > SKEW:
        seconds = abs(its_time - at).total_seconds()
        yield _note("broken", f"the clock of OIDC_ISSUER and this machine's differ by {seconds:.0f} s: tokens count "
                    "as too old or too new; run NTP on both")  # fmt: skip


def _build_trust(settings: ServiceSettings) -> ssl.SSLContext:
    """Whom the services trust to vouch for it: the town's own authority alone, or the usual ones."""
    return TRUST(cafile=settings.oidc_ca_file) if settings.oidc_ca_file else httpx.create_ssl_context()


async def _mail() -> list[Finding]:
    try:
        server = NotifySettings().mail_server
    except (ValidationError, MissingFile):
        return []  # the settings' look says it
    client = aiosmtplib.SMTP(
        hostname=server.host, port=server.port, use_tls=server.tls, start_tls=server.starttls, timeout=ANSWER_SECONDS,
        cert_bundle=str(server.ca) if server.ca else None,
    )  # fmt: skip
    try:
        await client.connect()
        if server.user is not None:
            await client.login(server.user, server.password or "")
        await client.noop()
        certificate = client.get_transport_info("peercert") if server.tls or server.starttls else None
        await client.quit()
    except (aiosmtplib.SMTPException, OSError) as error:
        return [_note("broken", f"the mail server {server.host}:{server.port} does not take us, no mail leaves: "
                      f"{say_error(error)[:200]}")]  # fmt: skip
    finally:
        client.close()
    return list(of_certificate(f"{server.host}:{server.port}", certificate, now())) if certificate else []


async def _collector(settings: ServiceSettings) -> list[Finding]:
    url = urlsplit(settings.otel_exporter_otlp_endpoint)
    if settings.otel_traces_exporter == "zipkin":
        url = urlsplit(settings.zipkin_endpoint)
    elif settings.otel_traces_exporter == "none" or not url.hostname:
        return [_note("unfinished", "traces go nowhere, so that nobody can see a case's way: set "
                      "OTEL_EXPORTER_OTLP_ENDPOINT")]  # fmt: skip
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _, writer = await asyncio.open_connection(url.hostname, _port(url))
        writer.close()
    except OSError as error:  # a timeout is one
        return [_note("unfinished", f"the collector of traces at {url.netloc} is not reached: {say_error(error)}")]
    return []


async def _certificates(settings: ServiceSettings) -> list[Finding]:
    """Of what is met by TLS from the first byte; an address that is not reached is told where it is used."""
    met = ((settings.public_url, TRUST()), (settings.oidc_issuer, _build_trust(settings)))
    wanted = [(urlsplit(url), trust) for url, trust in met if _is_far(url)]
    if settings.brokers.identity.is_encrypted:
        trust = settings.brokers.identity.ssl_context() or TRUST()
        wanted += [(urlsplit(f"//{server}"), trust) for server in settings.brokers.servers]
    looked = await asyncio.gather(*(_certificate(url, trust) for url, trust in wanted))
    return [one for found in looked for one in found]


async def _certificate(url: SplitResult, trust: ssl.SSLContext) -> list[Finding]:
    where = f"{url.hostname}:{_port(url)}"
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _, writer = await asyncio.open_connection(url.hostname, _port(url), ssl=trust)
    except ssl.SSLCertVerificationError as error:
        return [_note("broken", f"the certificate of {where} is not to be trusted: {error.verify_message}")]
    except OSError as error:
        return [_note("broken", f"{where} is not reached by TLS: {say_error(error)}")]
    certificate = writer.get_extra_info("peercert")
    writer.close()
    return list(of_certificate(where, certificate, now()))


def of_certificate(where: str, certificate: Mapping[str, Any], at: datetime) -> Iterator[Finding]:
    """One that ends soon; one that has ended is not trusted at all."""
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    if ends - at < SOON:
        yield _note("unfinished", f"the certificate of {where} ends on {ends:%Y-%m-%d}: renew it")


def _is_far(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and not is_this_machine(parts)


def _port(url: SplitResult) -> int:
    return url.port or {"http": 80, "https": 443}.get(url.scheme, 443)


def _date(answer: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return None


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "outside", text)
