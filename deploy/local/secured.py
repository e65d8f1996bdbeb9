"""Certificates, users and passwords of a stack in which nobody is anonymous and nothing travels in the clear.

Made once in a folder that only its owner may read; what is there is kept, so that kept data can still be opened.
"""

import ipaddress
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.events.catalogue import SERVICES
from tools.operate.acls import OPERATORS

BROKER, ADMIN = "broker", "admin"  # the broker to itself; the administrator of broker and database
YEARS = timedelta(days=3650)


@dataclass(frozen=True)
class Secured:
    """Where everything is kept."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Who vouches for broker and database."""
        return self.folder / "ca.pem"

    @property
    def server(self) -> Path:
        """Key and certificate of broker and database, for 127.0.0.1 and localhost."""
        return self.folder / "server.pem"

    @property
    def members(self) -> Path:
        """What the members of the database's replica set know each other by."""
        return self.folder / "members.key"

    def password_file(self, name: str) -> Path:
        """Of a principal of the broker, who is a user of the database too."""
        return self.folder / f"{name}.password"

    def password(self, name: str) -> str:
        """The same, read."""
        return self.password_file(name).read_text()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who signs in."""
        return (*SERVICES, OPERATORS, BROKER, ADMIN)


def secure(home: Path) -> Secured:
    """What is missing is made."""
    found = Secured(home / "secrets")
    found.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not found.server.exists():
        _make_certificates(found)
    for name in found.names:
        if not found.password_file(name).exists():
            _write(found.password_file(name), secrets.token_urlsafe(24))
    if not found.members.exists():
        _write(found.members, secrets.token_hex(48))
    return found


def _make_certificates(found: Secured) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    who = _name("onestop local authority")
    authority = _certificate(who, own.public_key(), who).add_extension(x509.BasicConstraints(True, 0), critical=True)
    ca = authority.sign(own, hashes.SHA256())
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = _certificate(_name("localhost"), key.public_key(), who)
    server = server.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = server.sign(own, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(found.ca, ca.public_bytes(Encoding.PEM).decode())
    _write(found.server, (private + signed.public_bytes(Encoding.PEM)).decode())


def _certificate(subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + YEARS)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _write(file: Path, text: str) -> None:
    """Readable by its owner alone, from the first byte on."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
