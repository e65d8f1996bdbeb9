"""Certificates, users and passwords of a stack in which nobody is anonymous and nothing travels in the clear.

Made once in a folder that only its owner may read; what is there is kept, so that kept data can still be opened.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.local.authority import Authority, write_private
from shared.events.catalogue import SERVICES
from tools.operate.acls import OPERATORS

BROKER, ADMIN = "broker", "admin"  # the broker to itself; the administrator of broker and database
POST, COLLECTOR = "post", "collector"  # who we are to the mail server and to the receiver of traces
HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Secured:
    """Where everything is kept."""

    folder: Path
    known_as: tuple[str, ...] = ()  # names under which they are met from elsewhere, the first one by Kafka's clients
    prefix: str = ""  # the town's TOPIC_PREFIX, which its principals bear

    @property
    def authority(self) -> Authority:
        """Who vouches for everybody else here."""
        return Authority(self.ca, self.folder / "ca.key")

    @property
    def ca(self) -> Path:
        """What everybody trusts."""
        return self.folder / "ca.pem"

    @property
    def server(self) -> Path:
        """Key and certificate of broker, database and mail server, for 127.0.0.1 and localhost."""
        return self.folder / "server.pem"

    def principal(self, name: str) -> str:
        """What the broker calls a service or the operators; broker and administrator are no town's."""
        return name if name in (BROKER, ADMIN) else self.prefix + name

    def certificate(self, name: str) -> Path:
        """Key and certificate that its principal shows the broker."""
        return self.folder / f"{name}.pem"

    @property
    def members(self) -> Path:
        """What the members of the database's replica set know each other by."""
        return self.folder / "members.key"

    def password_file(self, name: str) -> Path:
        """Of its principal at the broker, and of its user in the database."""
        return self.folder / f"{name}.password"

    def password(self, name: str) -> str:
        """The same, read."""
        return self.password_file(name).read_text()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who signs in to broker and database."""
        return (*SERVICES, OPERATORS, BROKER, ADMIN)


def secure(home: Path, known_as: tuple[str, ...] = (), prefix: str = "") -> Secured:
    """What is missing is made. A home is one town's: another `prefix` takes another."""
    found = Secured(home / "secrets", known_as, prefix)
    found.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = found.authority.found()
    if is_new or not found.server.exists():
        write_private(found.server, found.authority.issue("localhost", (*HERE, *known_as)))
    for name in found.names:
        if is_new or not found.certificate(name).exists():
            write_private(found.certificate(name), found.authority.issue(found.principal(name)))
    for name in (*found.names, POST, COLLECTOR):
        if not found.password_file(name).exists():
            write_private(found.password_file(name), secrets.token_urlsafe(24))
    if not found.members.exists():
        write_private(found.members, secrets.token_hex(48))
    return found
