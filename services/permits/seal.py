"""The seal of a letter: an electronic signature of the town as PAdES (ETSI EN 319 142), so that any reader of PDF shows
who issued it and whether a byte was changed. The letter is certified, and further signatures are allowed: another
office or the applicant's bank may add theirs without breaking ours."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import aiohttp
from pkcs11 import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from services.permits.certificates import issuer_of, name_of
from services.permits.domain.letters import Seal
from services.permits.seal_keys import open_key, read_authorities
from services.permits.settings import Settings
from shared.kernel import Transient

FIELD = "Seal"
# Off the page: for some checkers of PDF/UA a mark of no size in its corner is one of which nothing is said aloud.
_UNSEEN = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
_RESERVED = 32_768  # hexadecimal characters in the file, for signature, chain and time stamp: some 10 kB of 16
_SECONDS_FOR_STAMP = 10
# What is away or has to be set right by somebody; anything else is our fault.
_AWAY = (
    SigningError,
    TimestampRequestError,
    ValidationError,
    PathError,
    PKCS11Error,
    aiohttp.ClientError,
    TimeoutError,
    OSError,
)


@dataclass(frozen=True)
class Sealed:
    """A letter that anybody can check, and how it was sealed."""

    pdf: bytes
    seal: Seal


async def seal(pdf: bytes, settings: Settings, at: datetime, *, signatory: str, reason: str, place: str) -> Sealed:
    """The letter with the town's seal, said to be made at that time. `Transient` while key, device or time-stamp
    authority is away."""
    made = _seal(pdf, settings, at, signatory, reason, place)
    return await asyncio.to_thread(asyncio.run, made)  # a third of a second of arithmetic, which nobody else waits for


async def _seal(pdf: bytes, settings: Settings, at: datetime, signatory: str, reason: str, place: str) -> Sealed:
    async with open_key(settings, at) as signer:
        certificate = signer.signing_cert
        if certificate is None:
            raise Transient("the key to seal letters with has no certificate")
        stamper = (
            HTTPTimeStamper(settings.seal_timestamp_url, timeout=_SECONDS_FOR_STAMP) if _stamps(settings) else None
        )
        about = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            name=signatory,
            reason=reason,
            location=place,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            subfilter=SigSeedSubFilter.PADES,
            validation_context=_trust(settings) if stamper else None,
            embed_validation_info=stamper is not None,
            use_pades_lta=stamper is not None,
            signer_key_usage=set(),  # what an authority calls the usage of a town's key differs
        )
        out = BytesIO()
        try:
            writer = IncrementalPdfFileWriter(BytesIO(pdf))
            signing = PdfSigner(about, signer, timestamper=stamper, new_field_spec=_UNSEEN)
            await signing.async_sign_pdf(writer, output=out, bytes_reserved=_RESERVED)
        except _AWAY as error:
            raise Transient(f"the letter cannot be sealed now: {error!r}") from error
    return Sealed(
        out.getvalue(),
        Seal(
            by=name_of(certificate),
            issuer=issuer_of(certificate),
            certificate=sha256(certificate.dump()).hexdigest(),
            at=at,
            stamped=stamper is not None,
        ),
    )


def _stamps(settings: Settings) -> bool:
    return bool(settings.seal_timestamp_url)


def _trust(settings: Settings) -> ValidationContext:
    """Lists of revoked certificates are fetched now and kept in the letter, for a day on which nobody has them."""
    return ValidationContext(trust_roots=read_authorities(settings), allow_fetching=True)
