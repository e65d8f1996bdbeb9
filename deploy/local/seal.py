"""The key that letters are sealed with on a developer's machine, made once at set-up: who reads it could only sign for
nobody, because services refuse it where others are served."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from deploy.local.machine import ROOT
from services.permits.key_file import DEVELOPMENT

KEY = ROOT / ".local" / "seal" / "development.p12"
LASTS = timedelta(days=3650)
SKEW = timedelta(hours=1)
_BITS = 2048  # which every reader of PDF checks


def development_key(file: Path = KEY) -> Path:
    """The file, made when it is not there: two that make it at once leave one of the two, whole."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(issue("ตราประทับทดลอง", DEVELOPMENT, datetime.now(UTC)))
        fresh.chmod(0o644)  # a container's user reads it too, and it is worth nothing
        fresh.replace(file)
    return file


def issue(
    common: str,
    organisation: str,
    begins: datetime,
    lasts: timedelta = LASTS,
    purpose: x509.ExtendedKeyUsage | None = None,
) -> bytes:
    """PKCS#12 without a password: a new key with its certificate, and the authority above, of which no key is kept."""
    above, key = (rsa.generate_private_key(65537, _BITS) for _ in range(2))
    authority = _make_name(f"{organisation} CA", organisation)
    usage = dict.fromkeys(_USAGES, False)
    root = (
        _certificate(authority, above.public_key(), authority, begins, lasts)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**{**usage, "key_cert_sign": True, "crl_sign": True}), critical=True)
        .sign(above, hashes.SHA256())
    )
    builder = (
        _certificate(_make_name(common, organisation), key.public_key(), authority, begins, lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**usage, "digital_signature": True, "content_commitment": True}), critical=True)
    )
    if purpose:
        builder = builder.add_extension(purpose, critical=True)
    certificate = builder.sign(above, hashes.SHA256())
    return serialize_key_and_certificates(common.encode(), key, certificate, [root], NoEncryption())


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _certificate(
    subject: x509.Name, key: rsa.RSAPublicKey, issuer: x509.Name, begins: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - SKEW)
        .not_valid_after(begins + lasts)
    )


def _make_name(common: str, organisation: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "TH"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
