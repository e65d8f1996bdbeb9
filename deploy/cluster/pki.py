"""Who is who in the cluster: two authorities, a certificate for each part, and a kubeconfig for each client."""

import ipaddress
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LASTS = timedelta(days=7)  # longer than any cluster of ours


@dataclass(frozen=True)
class Signed:
    """A key and the certificate for it."""

    key: Path
    certificate: Path


class Authority:
    """Signs certificates; its own key is nowhere but in this process."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _distinguished(name)
        own = _builder(self._name, self._key.public_key(), self._name)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = folder / f"{name}.crt"
        self.certificate.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, file: str, common: str, *, group: str = "", names: Sequence[str] = ()) -> Signed:
        """For a client and a server alike; `names`: host names and addresses that it is met by."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_distinguished(common, group), key.public_key(), self._name)
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_met_by(name) for name in names]), False)
        made = Signed(self._folder / f"{file}.key", self._folder / f"{file}.crt")
        made.key.write_bytes(_private(key))
        made.certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return made


def key_pair(folder: Path, name: str) -> tuple[Path, Path]:
    """A key without a certificate, and its public half: what tokens are signed with."""
    key = ec.generate_private_key(ec.SECP256R1())
    private, public = folder / f"{name}.key", folder / f"{name}.pub"
    private.write_bytes(_private(key))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def kubeconfig(file: Path, server: str, authority: Path, who: Signed) -> Path:
    """How a client finds the API server, and who it is there."""
    embedded = {name: b64encode(path.read_bytes()).decode() for name, path in
                (("ca", authority), ("certificate", who.certificate), ("key", who.key))}  # fmt: skip
    file.write_text(
        json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "box",
            "clusters": [{"name": "box", "cluster": {"server": server, "certificate-authority-data": embedded["ca"]}}],
            "users": [{"name": "box", "user": {"client-certificate-data": embedded["certificate"],
                                               "client-key-data": embedded["key"]}}],
            "contexts": [{"name": "box", "context": {"cluster": "box", "user": "box"}}],
        })
    )  # fmt: skip
    return file


def _builder(subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LASTS)
    )


def _distinguished(common: str, group: str = "") -> x509.Name:
    """Kubernetes reads the user's name from CN and the groups from O."""
    group_of = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*group_of, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _met_by(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
