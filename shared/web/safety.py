"""Refuses to start with settings made for development, unless everything about them says that this is a developer's
own machine; names each one and what to set.

There is no variable to forget: whoever serves other people has an origin or an issuer that is not this machine's.
"""

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from shared.hosts import all_this_machine, is_this_machine, split_database_uri
from shared.settings import MIN_SECRET, ServiceSettings, is_weak
from shared.web.limits import parse_overrides, read_networks

log = logging.getLogger(__name__)
MIN_CLIENT_SECRET = 16  # made by the provider, which may count in bytes
_UNCHECKED = ("tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames")
WIDEST = {4: 8, 6: 7}  # prefix lengths: 10.0.0.0/8 and fc00::/7 are the largest private networks


class Finding(NamedTuple):
    """Something that a town should not run with; `risk` names one that it may accept in `ACCEPTED_RISKS`."""

    text: str
    risk: str = ""


class UnsafeConfiguration(Exception):
    """The service must not start like this; the text says which variables to change."""


def refuse_unsafe(settings: ServiceSettings, service: str) -> None:
    """Raises `UnsafeConfiguration` naming every setting that only a developer's own machine may have."""
    if is_development(settings):
        return
    found = risks(settings, service)
    accepted = {finding.risk for finding in found if finding.risk in settings.accepted_risks}
    if accepted:
        log.warning("risks accepted", extra={"risks": sorted(accepted)})
    wrong = [_say_finding(finding) for finding in found if finding.risk not in accepted]
    if wrong:
        raise UnsafeConfiguration(f"{_serves_others(settings)}, but " + "; ".join(wrong))


def risks(settings: ServiceSettings, service: str) -> list[Finding]:
    """Everything that only a developer's own machine may have, whether it is accepted or not."""
    return [*_findings(settings, service), *(Finding(*one) for one in settings.unsafe())]


def is_development(settings: ServiceSettings) -> bool:
    """Only when nobody but this machine can be served, and nobody has called it production."""
    local = is_this_machine(urlsplit(settings.public_url)) and is_this_machine(urlsplit(settings.oidc_issuer))
    return local and settings.environment != "production"


def _serves_others(settings: ServiceSettings) -> str:
    if settings.environment == "production":
        return "ENVIRONMENT=production"
    return f"PUBLIC_URL={settings.public_url} and OIDC_ISSUER={settings.oidc_issuer} are not both of this machine"


def _say_finding(finding: Finding) -> str:
    return f"{finding.text} (or accept it: ACCEPTED_RISKS={finding.risk})" if finding.risk else finding.text


def _findings(settings: ServiceSettings, service: str) -> Iterator[Finding]:
    yield from _identity(settings)
    yield from _secrets(settings)
    yield from _guards(settings)
    yield from _transport(settings)
    yield from _names(settings, service)


def _identity(settings: ServiceSettings) -> Iterator[Finding]:
    if development_issuer(settings.oidc_issuer):
        yield Finding(f"OIDC_ISSUER={settings.oidc_issuer} is a development provider, set the town's own (https)")
    origin = urlsplit(settings.public_url)
    if origin.scheme != "https":
        yield Finding(f"PUBLIC_URL={settings.public_url} is not https, sign-in cookies would travel in the clear")
    if is_this_machine(origin):
        yield Finding(f"PUBLIC_URL={settings.public_url} is this machine, links in mails would lead nobody here")
    if settings.oidc_audience == settings.oidc_client_id:
        yield Finding("OIDC_AUDIENCE equals OIDC_CLIENT_ID, so that a sign-in's ID token would open the API: "
                      "give the API an audience of its own")  # fmt: skip


def _secrets(settings: ServiceSettings) -> Iterator[Finding]:
    also = {"SESSION_SECRET_ALSO": settings.session_secret_also, "LINK_SECRET_ALSO": settings.link_secret_also}
    signing_in = (
        ("SESSION_SECRET", settings.session_secret, MIN_SECRET),
        ("OIDC_CLIENT_SECRET", settings.oidc_client_secret, MIN_CLIENT_SECRET),
    )
    for name, secret, least in (
        ("LINK_SECRET", settings.link_secret, MIN_SECRET),
        *(signing_in if "api" in settings.roles else ()),  # nobody signs in at the others
        *((name, secret, MIN_SECRET) for name, secret in also.items() if secret),
    ):
        if is_weak(secret, least):
            yield Finding(f"{name} is the development one, shorter than {least} characters or hardly random: set a "
                          "random one")  # fmt: skip
    if set(settings.session_secrets) & set(settings.link_secrets):
        yield Finding("SESSION_SECRET and LINK_SECRET have one in common: who renews the first would end every "
                      "citizen's link")  # fmt: skip


def _guards(settings: ServiceSettings) -> Iterator[Finding]:
    off, overrides = parse_overrides(settings.rate_limits)
    if off or 0 in overrides.values():
        yield Finding("RATE_LIMITS switches a limit off: set a number for it", "no-rate-limit")
    for network in read_networks(settings.trusted_proxies):
        if network.prefixlen < WIDEST[network.version]:
            yield Finding(f"TRUSTED_PROXIES believes {network}, so that everybody could write the address "
                          "they are counted by: name the proxies' own networks")  # fmt: skip


def _transport(settings: ServiceSettings) -> Iterator[Finding]:
    yield from _database(settings.mongodb_uri)
    if not all_this_machine(settings.kafka_bootstrap_servers):
        who = settings.brokers.identity
        if not who.is_encrypted:
            yield Finding(f"KAFKA_SECURITY_PROTOCOL={who.protocol} is without TLS", "kafka-in-the-clear")
        if not who.has_password and who.certificate is None:
            yield Finding("Kafka is met without a name (KAFKA_SASL_USERNAME or KAFKA_CERTIFICATE_FILE), so that its "
                          "access lists cannot tell the services apart", "kafka-open")  # fmt: skip
        if who.has_token and urlsplit(who.token_url).scheme != "https":
            yield Finding(f"KAFKA_TOKEN_URL={who.token_url} is not https", "kafka-in-the-clear")
    for name, url in (("OTEL_EXPORTER_OTLP_ENDPOINT", settings.otel_exporter_otlp_endpoint), _zipkin(settings)):
        if url and urlsplit(url).scheme != "https" and not is_this_machine(urlsplit(url)):
            yield Finding(f"{name}={url} is not https", "traces-in-the-clear")


def _names(settings: ServiceSettings, service: str) -> Iterator[Finding]:
    """An identity that four services share cannot be held to what one of them needs, and no log tells who it was."""
    said = {"Kafka": "", "MongoDB": ""}
    if not all_this_machine(settings.kafka_bootstrap_servers):
        said["Kafka"] = settings.brokers.identity.name
    database = split_database_uri(settings.mongodb_uri)
    if not all_this_machine(database.hosts):
        said["MongoDB"] = unquote(database.who.partition(":")[0])
    for where, name in said.items():
        if name and service not in re.split(r"[^a-z]+", name.lower()):
            yield Finding(f"{where} is met as {name}, which does not name {service}: give each service an identity of "
                          "its own, with its name in it", "shared-identity")  # fmt: skip


def _database(uri: str) -> Iterator[Finding]:
    database = split_database_uri(uri)
    if all_this_machine(database.hosts):
        return
    query = database.query.replace(";", "&")  # the driver takes either
    given = [(name.lower(), value.lower()) for name, value in parse_qsl(query, keep_blank_values=True)]
    options = dict(given)
    once = [name for name, _ in given if name != "readpreferencetags"]  # which are tried one after the other
    if len(once) != len(set(once)) or len({options[name] for name in ("tls", "ssl") if name in options}) > 1:
        yield Finding("MONGODB_URI contradicts itself: give each option once, and tls without ssl")
    if not database.who.partition(":")[0] and "authmechanism" not in options:
        yield Finding("MONGODB_URI names no user", "mongodb-open")
    encrypted = options.get("tls", options.get("ssl", str(database.scheme == "mongodb+srv").lower()))
    if encrypted != "true" or any(options.get(name) == "true" for name in _UNCHECKED):
        yield Finding("MONGODB_URI is without TLS (tls=true) that checks whom it met", "mongodb-in-the-clear")


def _zipkin(settings: ServiceSettings) -> tuple[str, str]:
    return "ZIPKIN_ENDPOINT", settings.zipkin_endpoint if settings.otel_traces_exporter == "zipkin" else ""


def development_issuer(issuer: str) -> bool:
    """True for an issuer without TLS or on this machine: only the development provider is like that."""
    parts = urlsplit(issuer)
    return parts.scheme != "https" or is_this_machine(parts)
