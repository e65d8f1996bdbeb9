"""Who is who in the cluster: an authority, a certificate for each part, and a kubeconfig for each client."""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deploy.local.authority import Authority, write_private

_LASTS = timedelta(days=7)  # longer than any cluster of ours


def authority(folder: Path, name: str) -> Authority:
    """A new one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Authority(folder / f"{name}.crt", folder / f"{name}.key")
    made.found()
    return made


def issue(by: Authority, file: Path, common: str, *, group: str = "", hosts: Sequence[str] = ()) -> Path:
    """Key and certificate in one file, for a client and a server alike: the programs find each what it looks for."""
    write_private(file, by.issue(common, hosts, _LASTS, group))
    return file


def token_keys(folder: Path) -> tuple[Path, Path]:
    """What the tokens of pods are signed with, and what they are checked by."""
    key = ec.generate_private_key(ec.SECP256R1())
    private, public = folder / "tokens.key", folder / "tokens.pub"
    write_private(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def kubeconfig(file: Path, server: str, by: Authority, who: Path) -> Path:
    """How a client finds the API server, and who it is there."""
    trusted, own = (b64encode(path.read_bytes()).decode() for path in (by.certificate, who))
    write_private(file, json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "box",
        "clusters": [{"name": "box", "cluster": {"server": server, "certificate-authority-data": trusted}}],
        "users": [{"name": "box", "user": {"client-certificate-data": own, "client-key-data": own}}],
        "contexts": [{"name": "box", "context": {"cluster": "box", "user": "box"}}],
    }))  # fmt: skip
    return file
