"""Keys to seal letters with, letters that were tampered with in every way that a test asks for, and a signature."""

import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from PIL import Image, ImageDraw
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from deploy.local.seal import development_key, issue
from services.permits.seal import Sealed, seal
from services.permits.settings import Settings

TOWN = "เทศบาลเมืองแม่เหียะ"
NOW = datetime.now(UTC)


@cache
def key_of(organisation: str = TOWN, begun: timedelta = timedelta(), lasts: timedelta = timedelta(days=365)) -> bytes:
    """PKCS#12 of an organisation whose certificate began to hold so long ago; made once, for keys take a while."""
    return issue("ตราประทับ", organisation, NOW - begun, lasts)


def key_file(folder: Path, key: bytes) -> Path:
    """The key where settings name it."""
    file = folder / "seal.p12"
    file.write_bytes(key)
    return file


def sealing(folder: Path, key: bytes, **others: object) -> Settings:
    """Settings with this key."""
    return Settings.model_validate({"seal_key_file": key_file(folder, key), **others})


async def sealed_somehow(pdf: bytes) -> Sealed:
    """With the key of this machine."""
    settings = Settings(seal_key_file=development_key())
    return await seal(pdf, settings, NOW, signatory="สุดา", reason="ใบอนุญาต", place=TOWN)


async def signed_too(pdf: bytes, organisation: str, folder: Path) -> bytes:
    """The PDF with one more signature, by another key."""
    file = folder / "another.p12"
    file.write_bytes(key_of(organisation))
    signer = SimpleSigner.load_pkcs12(str(file))
    assert signer is not None
    out = BytesIO()
    about = PdfSignatureMetadata(field_name="Another", signer_key_usage=set())
    await PdfSigner(about, signer).async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


def rewritten(pdf: bytes) -> bytes:
    """The PDF with its page turned in a new revision: every byte of before is still there."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_byte_changed(pdf: bytes, at: int = 3000) -> bytes:
    """One bit of one byte."""
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def drawing(colour: str = "#102080") -> bytes:
    """A signature on a sheet of grey paper, as a phone takes it."""
    sheet = Image.new("RGB", (1000, 700), "#d8d6d2")
    ink = ImageDraw.Draw(sheet)
    ink.line([(250, 420), (380, 260), (470, 440), (560, 270), (640, 430), (760, 300)], fill=colour, width=9)
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


SOFT_DEVICE = Path("/usr/lib/softhsm/libsofthsm2.so")  # Debian's softhsm2


def fill_device(library: Path, key: bytes, folder: Path, *, token: str, pin: str, label: str) -> None:
    """Begin a token in it, and put a key with its certificate there."""
    found = load_pkcs12(key, None)
    assert found.key is not None
    assert found.cert is not None
    pem = found.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    tool = ["softhsm2-util", "--token", token, "--pin", pin]
    begin = ["softhsm2-util", "--init-token", "--free", "--label", token, "--pin", pin, "--so-pin", pin]
    for asked in (begin, [*tool, "--import", str(folder / "key.pem"), "--label", label, "--id", "01"]):
        subprocess.run(asked, check=True, capture_output=True)
    certificate = decode_x509_certificate(found.cert.certificate.public_bytes(Encoding.DER))
    with pkcs11.lib(str(library)).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
        about = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label, pkcs11.Attribute.ID: b"\x01"}
        session.create_object({**certificate, **about})
