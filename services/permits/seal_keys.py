"""The key that letters are sealed with, and its certificate: in a file (PKCS#12), or in a device that gives no key away
(PKCS#11). It is opened for each letter, so that a renewed one counts at once and a missing one is waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from asn1crypto import x509
from pkcs11 import PinIncorrect, PKCS11Error, Session
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner

from services.permits.key_file import read_key_file
from services.permits.settings import Settings
from shared.kernel import Transient
from shared.telemetry import metrics

# The library of a device is one for the whole process, and who signs out there signs out for all: one letter at a time.
_AT_DEVICE = Lock()
_REFUSED: set[tuple[str, str, str]] = set()  # PINs that a device has refused: asked some times more, it locks itself


@asynccontextmanager
async def open_key(settings: Settings, at: datetime) -> AsyncIterator[Signer]:
    """What signs with the key, while it is open. `Transient` when there is none, when it cannot be opened, and when its
    certificate does not hold at that time: somebody has to set it right, and then the letters are made."""
    if settings.seal_device:
        async with _open_device(settings) as signer:
            yield _check_certificate(signer, at, "SEAL_DEVICE", settings.seal_device)
    elif settings.seal_key_file:
        signer = await asyncio.to_thread(_open_file, settings.seal_key_file, settings.seal_key_password)
        yield _check_certificate(signer, at, "SEAL_KEY_FILE", settings.seal_key_file)
    else:
        raise Transient("there is no key to seal letters with: set SEAL_KEY_FILE or SEAL_DEVICE")


def read_authorities(settings: Settings) -> list[x509.Certificate]:
    """Whom the town trusts to vouch for its certificate and for the time."""
    file = settings.seal_authorities_file
    return list(load_certs_from_pemder([str(file)])) if file else []


def _check_certificate(signer: Signer, at: datetime, name: str, value: Path) -> Signer:
    where, certificate = f"{name}={value}", signer.signing_cert
    if certificate is None:
        raise Transient(f"{where} holds no certificate of its key")
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    metrics.valid_until_seconds.labels(name).set(ends.timestamp())
    if not begins <= at <= ends:
        held = f"{begins.astimezone(UTC):%Y-%m-%d} to {ends.astimezone(UTC):%Y-%m-%d}"
        raise Transient(f"the certificate in {where} holds from {held}: renew it")
    return signer


def _open_file(file: Path, password: str) -> Signer:
    read_key_file(file, password)  # says what is wrong with it
    signer: Signer | None = SimpleSigner.load_pkcs12(str(file), passphrase=password.encode() or None)
    if signer is None:
        raise Transient(f"SEAL_KEY_FILE={file} holds no key with a certificate")
    return signer


@asynccontextmanager
async def _open_device(settings: Settings) -> AsyncIterator[Signer]:
    """Some milliseconds for a signature, and a few seconds to open."""
    with _AT_DEVICE:  # in a loop of this letter's own, so that waiting here keeps nobody else waiting
        session = await asyncio.to_thread(_open_session, settings)
        try:
            yield await asyncio.to_thread(_build_signer, session, settings)
        finally:
            await asyncio.to_thread(session.close)


def _open_session(settings: Settings) -> Session:
    where = f"SEAL_DEVICE={settings.seal_device}"
    pin = (str(settings.seal_device), settings.seal_device_token, settings.seal_device_pin)
    if pin in _REFUSED:
        raise Transient(f"{where} has refused SEAL_DEVICE_PIN: set the right one and start anew")
    try:
        return open_pkcs11_session(
            str(settings.seal_device),
            token_criteria=TokenCriteria(label=settings.seal_device_token) if settings.seal_device_token else None,
            user_pin=settings.seal_device_pin or None,
        )
    except PinIncorrect as error:
        _REFUSED.add(pin)
        raise Transient(f"{where} refuses SEAL_DEVICE_PIN") from error
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise Transient(f"{where} cannot be opened: {error!r}") from error


def _build_signer(session: Session, settings: Settings) -> Signer:
    label, chain = settings.seal_device_label, read_authorities(settings)
    signer = PKCS11Signer(session, cert_label=label, key_label=label, ca_chain=chain, other_certs_to_pull=None)
    try:
        signer.signing_cert  # noqa: B018 - read from the device now, so that what is missing is said here
    except PKCS11Error as error:
        raise Transient(f"SEAL_DEVICE={settings.seal_device} holds no certificate {label!r}: {error}") from error
    return signer
