"""What a copy of a letter is worth by its electronic signature: `python -m services.permits.seal_check COPY LETTER`,
in a process of its own, for anybody may send the copy. The letter is the one that was issued: whose seal it bears,
the copy's must be. Beside that certificate nobody is trusted, so no authority is asked."""

import asyncio
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from services.permits.certificates import name_of
from shared.files.limited import answer

# `sealed`: the town's seal is on it and nothing was changed, `extended`: others have signed after it, as they may,
# `changed`: the seal is broken, `other-letter`: sealed by the town, and another letter, `foreign`: signed, but not by
# the town, `unsigned`, `unreadable`: no PDF that can be opened.
Worth = Literal["sealed", "extended", "changed", "other-letter", "foreign", "unsigned", "unreadable"]
# What a PDF that makes no sense raises in pyHanko; there is no common base class.
_SENSELESS = (
    *(PdfError, SignatureValidationError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(AssertionError, RecursionError, NotImplementedError, EOFError, OSError, zlib.error),
)

MEMORY_MOST = 256 * 1024**2  # bytes of address space
SECONDS_MOST = 5  # of processor time; a letter takes most of one


@dataclass(frozen=True)
class Worthiness:
    """`by`: whom the certificates of the other signatures name."""

    worth: Worth
    by: tuple[str, ...] = ()


async def check(copy: bytes, letter: bytes) -> Worthiness:
    """The worth of a copy beside the letter that was issued."""
    own = _list_certificates(letter)[0][1]
    try:
        signatures = _list_certificates(copy)
    except _SENSELESS:
        return Worthiness("unreadable")
    ours = [signature for signature, certificate in signatures if certificate.dump() == own.dump()]
    by = tuple(dict.fromkeys(name_of(certificate) for _, certificate in signatures if certificate.dump() != own.dump()))
    if not ours:
        return Worthiness("foreign" if signatures else "unsigned", by)
    return Worthiness(await _judge_sealed(copy, letter, ours[0], own), by)


async def _judge_sealed(copy: bytes, letter: bytes, seal: EmbeddedPdfSignature, own: x509.Certificate) -> Worth:
    trust = ValidationContext(trust_roots=[own], allow_fetching=False)
    try:
        found = await async_validate_pdf_signature(seal, trust, key_usage_settings=KeyUsageConstraints(key_usage=set()))
    except _SENSELESS:
        return "changed"
    if not (found.intact and found.valid):
        return "changed"
    if copy == letter:
        return "sealed"
    if not copy.startswith(letter):
        return "other-letter"
    return "extended" if found.docmdp_ok else "changed"


def _list_certificates(pdf: bytes) -> list[tuple[EmbeddedPdfSignature, x509.Certificate]]:
    """Each signature with the certificate of who made it, the first one first."""
    return [(one, one.signer_cert) for one in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures]


def _check_files() -> Mapping[str, Any]:
    copy, letter = (Path(name).read_bytes() for name in sys.argv[1:3])
    return asdict(asyncio.run(check(copy, letter)))


if __name__ == "__main__":
    answer(_check_files, memory=MEMORY_MOST, seconds=SECONDS_MOST)
