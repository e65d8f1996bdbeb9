"""The key that letters are sealed with, and its certificate: in a file (PKCS#12), or in a device that gives no key away
(PKCS#11). It is opened for each letter, so that a renewed one counts at once and a missing one is waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import x509
from pkcs11 import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner

from services.permits.key_file import read_key_file
from services.permits.settings import Settings
from shared.kernel import Transient


@asynccontextmanager
async def opened_key(settings: Settings, at: datetime) -> AsyncIterator[Signer]:
    """What signs with the key, while it is open. `Transient` when there is none, when it cannot be opened, and when its
    certificate does not hold at that time: somebody has to set it right, and then the letters are made."""
    if settings.seal_device:
        async with _of_device(settings) as signer:
            yield _holding(signer, at, f"SEAL_DEVICE={settings.seal_device}")
    elif settings.seal_key_file:
        signer = await asyncio.to_thread(_of_file, settings.seal_key_file, settings.seal_key_password)
        yield _holding(signer, at, f"SEAL_KEY_FILE={settings.seal_key_file}")
    else:
        raise Transient("there is no key to seal letters with: set SEAL_KEY_FILE or SEAL_DEVICE")


def authorities(settings: Settings) -> list[x509.Certificate]:
    """Whom the town trusts to vouch for its certificate and for the time."""
    file = settings.seal_authorities_file
    return list(load_certs_from_pemder([str(file)])) if file else []


def _holding(signer: Signer, at: datetime, where: str) -> Signer:
    certificate = signer.signing_cert
    if certificate is None:
        raise Transient(f"{where} holds no certificate of its key")
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if not begins <= at <= ends:
        held = f"{begins.astimezone(UTC):%Y-%m-%d} to {ends.astimezone(UTC):%Y-%m-%d}"
        raise Transient(f"the certificate in {where} holds from {held}: renew it")
    return signer


def _of_file(file: Path, password: str) -> Signer:
    read_key_file(file, password)  # says what is wrong with it
    signer: Signer | None = SimpleSigner.load_pkcs12(str(file), passphrase=password.encode() or None)
    if signer is None:
        raise Transient(f"SEAL_KEY_FILE={file} holds no key with a certificate")
    return signer


@asynccontextmanager
async def _of_device(settings: Settings) -> AsyncIterator[Signer]:
    """The device takes some milliseconds for a signature, and a few seconds to open."""
    try:
        session = await asyncio.to_thread(
            open_pkcs11_session,
            str(settings.seal_device),
            token_criteria=TokenCriteria(label=settings.seal_device_token) if settings.seal_device_token else None,
            user_pin=settings.seal_device_pin or None,
        )
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise Transient(f"SEAL_DEVICE={settings.seal_device} cannot be opened: {error!r}") from error
    try:
        chain = authorities(settings)
        label = settings.seal_device_label
        signer = PKCS11Signer(session, cert_label=label, key_label=label, ca_chain=chain, other_certs_to_pull=None)
        await asyncio.to_thread(lambda: signer.signing_cert)
        yield signer
    finally:
        await asyncio.to_thread(session.close)
