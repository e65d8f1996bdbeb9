"""Refuses to start a production service with development settings, naming each one and what to set."""

import ipaddress
from urllib.parse import urlsplit

from shared.settings import ServiceSettings

MIN_SECRET = 32  # characters; 128 bits even when it is hexadecimal
_GUESSABLE = f"is the development one or shorter than {MIN_SECRET} characters: set a random one"


class UnsafeConfiguration(Exception):
    """The service must not start like this; the text says which variables to change."""


def refuse_unsafe(settings: ServiceSettings) -> None:
    """Raises `UnsafeConfiguration` naming every setting that production does not allow."""
    if settings.environment != "production":
        return
    wrong = [text for bad, text in _findings(settings) if bad]
    if wrong:
        raise UnsafeConfiguration("ENVIRONMENT=production, but " + "; ".join(wrong))


def _findings(settings: ServiceSettings) -> list[tuple[bool, str]]:
    return [
        (
            development_issuer(settings.oidc_issuer),
            f"OIDC_ISSUER={settings.oidc_issuer} is a development provider, set the town's own (https)",
        ),
        (_guessable(settings.session_secret), f"SESSION_SECRET {_GUESSABLE}"),
        (_guessable(settings.link_secret), f"LINK_SECRET {_GUESSABLE}"),
        (
            urlsplit(settings.public_url).scheme != "https",
            f"PUBLIC_URL={settings.public_url} is not https, sign-in cookies would travel in the clear",
        ),
    ]


def _guessable(secret: str) -> bool:
    return secret.startswith("local-only") or len(secret) < MIN_SECRET


def development_issuer(issuer: str) -> bool:
    """True for an issuer without TLS or on this machine: only the development provider is like that."""
    parts = urlsplit(issuer)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
