"""Where the mail server is, and how to sign in: one URL of the settings."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


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
    ca: Path | None = None  # who vouches for it, in PEM; None: whom the system trusts

    @classmethod
    def of(cls, url: str) -> "Server":
        """ValueError says what is wrong with the URL, without its password."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(f"write {', '.join(f'{scheme}://host:port' for scheme in _SCHEMES)}")
        return cls(
            host=parts.hostname,
            port=parts.port or _SCHEMES[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp+starttls",
        )
