"""The file with the key that letters are sealed with: opened, and told from the one that set-up makes."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12
from cryptography.x509.oid import NameOID

from shared.kernel import Transient

DEVELOPMENT = "onestop development"  # the organisation in the certificate that set-up makes: no town's


def read_key_file(file: Path, password: str) -> PKCS12KeyAndCertificates:
    """What PKCS#12 holds. `Transient` when it is not there or cannot be opened: somebody can set it right."""
    try:
        return load_pkcs12(file.read_bytes(), password.encode() or None)
    except OSError as error:
        raise Transient(f"SEAL_KEY_FILE={file}: {error.strerror}") from error
    except ValueError as error:  # also for a wrong password; what it says holds nothing secret
        raise Transient(f"SEAL_KEY_FILE={file} cannot be opened with SEAL_KEY_PASSWORD: {error}") from error


def is_made_for_development(file: Path, password: str) -> bool:
    """Whether it is the one that set-up made. One that cannot be opened is nobody's yet."""
    try:
        certificate = read_key_file(file, password).cert
    except Transient:
        return False
    if certificate is None:
        return False
    named = certificate.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return DEVELOPMENT in {one.value for one in named}
