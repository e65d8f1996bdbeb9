"""A certificate authority of a machine's own, for its broker, its database and whoever meets them."""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

YEARS = timedelta(days=3650)
SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class Authority:
    """`certificate` is what everybody trusts, `key` what signs; made when they are not there yet."""

    certificate: Path
    key: Path

    def found(self) -> bool:
        """Begin, with a key and a certificate of it that it has signed itself; False when that has been done."""
        if self.key.exists():
            return False
        own = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(self._name, own.public_key(), self._name, YEARS)
        signed = builder.add_extension(x509.BasicConstraints(True, 0), critical=True).sign(own, hashes.SHA256())
        write_private(self.certificate, signed.public_bytes(Encoding.PEM).decode())
        write_private(self.key, _pem(own))
        return True

    def issue(self, common: str, hosts: Sequence[str] = (), lasts: timedelta = YEARS, group: str = "") -> str:
        """A new key and its certificate, as PEM in one text; `hosts`: the names and addresses it answers under;
        `group`: its organisation, from which Kubernetes takes a user's rights."""
        own = load_pem_private_key(self.key.read_bytes(), None)
        if not isinstance(own, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.key} is no key of ours")
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_make_name(common, group), key.public_key(), self._name, lasts)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(one) for one in hosts]), critical=False)
        signed = builder.sign(own, hashes.SHA256())
        return _pem(key) + signed.public_bytes(Encoding.PEM).decode()

    @property
    def _name(self) -> x509.Name:
        return _make_name(f"onestop local authority {self.certificate.stem}")


def write_private(file: Path, text: str) -> None:
    """Readable by its owner alone, from the first byte on; what was there is replaced as a whole."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    fresh.replace(file)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + lasts)
    )


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _make_name(common: str, group: str = "") -> x509.Name:
    above = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*above, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
