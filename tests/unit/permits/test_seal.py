"""The seal of a letter: what readers of PDF say of it, and what a copy is worth whose bytes are others."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from secrets import token_hex

import pikepdf
import pytest
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from services.permits import letter
from services.permits.domain.decision import decide
from services.permits.key_file import DEVELOPMENT, is_made_for_development
from services.permits.seal import Sealed, seal
from services.permits.seal_check import check
from services.permits.settings import Settings
from shared.kernel import Transient
from shared.telemetry import metrics, names
from tests.support.papers import paper
from tests.support.permits import RULES, application, at, signed
from tests.support.permits import TOWN as SMALL
from tests.support.seals import (
    NOW,
    SOFT_DEVICE,
    TOWN,
    fill_device,
    key_file,
    key_of,
    rewritten,
    sealing,
    signed_too,
    with_byte_changed,
)
from tests.support.timestamps import roots, time_authority


async def sealed(settings: Settings, pdf: bytes = b"") -> Sealed:
    return await seal(pdf or paper(), settings, NOW, signatory="สุดา, นายก", reason="ใบอนุญาต 1/2569", place=TOWN)


async def test_its_signature_is_valid_certified_and_says_who_signed_and_why(tmp_path: Path) -> None:
    made = await sealed(sealing(tmp_path, key_of()))

    (signature,) = PdfFileReader(BytesIO(made.pdf)).embedded_regular_signatures
    trust = ValidationContext(trust_roots=list(signature.other_embedded_certs))
    found = await async_validate_pdf_signature(signature, trust)
    assert found.bottom_line
    assert found.docmdp_ok
    assert max(map(float, signature.sig_field["/Rect"])) < 0, "nothing of it is on the page"
    assert str(signature.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.name == "FILL_FORMS", "others may sign too"
    assert signature.sig_object["/Name"] == "สุดา, นายก"
    assert made.seal.by == f"ตราประทับ, {TOWN}"
    assert made.seal.stamped is False


async def test_another_reader_of_pdf_finds_it_valid_and_sees_a_changed_byte(tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("needs poppler-utils")
    made = await sealed(sealing(tmp_path, key_of()))

    def said(pdf: bytes) -> str:
        (tmp_path / "letter.pdf").write_bytes(pdf)
        asked = ["pdfsig", "-nocert", str(tmp_path / "letter.pdf")]
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout

    assert "Signature is Valid" in said(made.pdf)
    assert "Total document signed" in said(made.pdf)
    assert "Digest Mismatch" in said(with_byte_changed(made.pdf, 300))


async def test_an_authority_vouches_for_the_time_and_what_proves_it_is_kept(tmp_path: Path) -> None:
    key = key_of()
    with time_authority(tmp_path) as authority:
        (tmp_path / "trusted.pem").write_bytes(authority.root + roots(key))
        trusting = {"seal_timestamp_url": authority.url, "seal_authorities_file": tmp_path / "trusted.pem"}
        settings = sealing(tmp_path, key, **trusting)
        made = await sealed(settings)

    read = PdfFileReader(BytesIO(made.pdf))
    (signature,) = read.embedded_regular_signatures
    trust = ValidationContext(trust_roots=list(load_certs_from_pemder([str(tmp_path / "trusted.pem")])))
    found = await async_validate_pdf_signature(signature, trust)
    assert found.bottom_line
    assert found.timestamp_validity is not None
    assert found.timestamp_validity.valid
    assert "/DSS" in read.root, "certificates, for a day on which nobody has them"
    assert len(read.embedded_timestamp_signatures) == 1, "and a stamp over all of it"
    assert made.seal.stamped
    assert (await check(made.pdf, made.pdf)).worth == "sealed"

    with pytest.raises(Transient, match="cannot be sealed now"):
        await sealed(settings)  # the authority is away


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (lambda: b"", "cannot be opened"),
        (lambda: key_of(begun=timedelta(days=400)), "renew it"),
        (lambda: key_of(begun=timedelta(days=-2)), "renew it"),
    ],
    ids=["empty", "over", "not-yet"],
)
async def test_a_key_that_does_not_hold_is_waited_for(tmp_path: Path, key: Callable[[], bytes], why: str) -> None:
    with pytest.raises(Transient, match=why):
        await sealed(sealing(tmp_path, key()))


async def test_a_key_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    missing = Settings(seal_key_file=tmp_path / "none.p12")

    for settings in (Settings(), missing):
        with pytest.raises(Transient, match="SEAL_KEY_FILE"):
            await sealed(settings)
    key_file(tmp_path, key_of()).rename(tmp_path / "none.p12")
    assert (await sealed(missing)).pdf, "and counts as soon as it is"


async def test_a_device_that_cannot_be_opened_is_waited_for() -> None:
    with pytest.raises(Transient, match="SEAL_DEVICE"):
        await sealed(Settings(seal_device=Path("/nowhere/pkcs11.so"), seal_device_label="seal"))


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A device made of software, with a key that it gives to nobody. Its library reads where it is once a process."""
    if not (SOFT_DEVICE.exists() and shutil.which("softhsm2-util")):
        pytest.skip("needs softhsm2")
    room = tmp_path_factory.mktemp("device")
    (room / "tokens").mkdir()
    (room / "softhsm.conf").write_text(f"directories.tokendir = {room}/tokens\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(room / "softhsm.conf"))
        fill_device(SOFT_DEVICE, key_of(), room, token="town", pin="5678", label="seal")
        (room / "trusted.pem").write_bytes(roots(key_of()))
        yield Settings(
            seal_device=SOFT_DEVICE, seal_device_token="town", seal_device_pin="5678", seal_device_label="seal",
            seal_authorities_file=room / "trusted.pem",
        )  # fmt: skip


async def test_a_key_in_a_device_seals_too_and_a_wrong_pin_is_tried_once(device: Settings) -> None:
    made = await sealed(device)

    assert (await check(made.pdf, made.pdf)).worth == "sealed"
    assert made.seal.by == f"ตราประทับ, {TOWN}"
    ends = metrics.registry.get_sample_value(names.VALID_UNTIL.exposed, {"what": "SEAL_DEVICE"})
    assert ends == pytest.approx((NOW + timedelta(days=365)).timestamp(), abs=1)
    for wrong, why in (
        ({"seal_device_pin": "9999"}, "refuses SEAL_DEVICE_PIN"),
        ({"seal_device_pin": "9999"}, "start anew"),  # asked once more, a device would lock itself
        ({"seal_device_label": "other"}, "holds no certificate"),
        ({"seal_device_token": "other"}, "cannot be opened"),
    ):
        with pytest.raises(Transient, match=why):
            await sealed(device.model_copy(update=wrong))


async def test_letters_of_one_moment_share_a_device_one_after_the_other(device: Settings) -> None:
    made = await asyncio.gather(*(sealed(device) for _ in range(3)))
    assert [(await check(one.pdf, one.pdf)).worth for one in made] == ["sealed"] * 3

    wrong = device.model_copy(update={"seal_device_pin": token_hex(4)})
    refused = await asyncio.gather(*(sealed(wrong) for _ in range(3)), return_exceptions=True)
    assert sorted("start anew" in str(one) for one in refused) == [False, True, True], "its PIN is tried once"


def test_the_key_of_set_up_is_told_from_a_towns(tmp_path: Path) -> None:
    assert is_made_for_development(key_file(tmp_path, key_of(DEVELOPMENT)), "")
    assert not is_made_for_development(key_file(tmp_path, key_of()), "")
    assert not is_made_for_development(tmp_path / "none.p12", "")


def add_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page()


async def test_a_copy_is_worth_what_its_bytes_say(tmp_path: Path) -> None:
    issued = (await sealed(sealing(tmp_path, key_of()))).pdf
    another = (await sealed(sealing(tmp_path, key_of()), paper(add_a_page))).pdf
    foreign = (await sealed(sealing(tmp_path, key_of("บริษัทอื่น")))).pdf
    extended = await signed_too(issued, "ธนาคาร", tmp_path)

    async def worth(copy: bytes) -> tuple[str, tuple[str, ...]]:
        found = await check(copy, issued)
        return found.worth, found.by

    assert await worth(issued) == ("sealed", ())
    assert await worth(extended) == ("extended", ("ตราประทับ, ธนาคาร",))
    assert await worth(with_byte_changed(issued, issued.index(b"842"))) == ("changed", ()), "a page of 942 points"
    assert await worth(rewritten(issued)) == ("changed", ())
    assert await worth(another) == ("other-letter", ())
    assert await worth(foreign) == ("foreign", ("ตราประทับ, บริษัทอื่น",))
    assert await worth(paper()) == ("unsigned", ())
    for senseless in (b"", b"%PDF-1.7", b"GIF89a", issued[: len(issued) // 2]):
        assert (await worth(senseless))[0] in ("unreadable", "unsigned", "changed")


async def test_the_letter_itself_is_sealed_as_any_other_pdf(tmp_path: Path) -> None:
    decided = decide(application("examined"), at(), RULES, SMALL, signed()).state
    pdf = await letter.make(decided, RULES, SMALL, "https://town.example", None)
    made = await sealed(sealing(tmp_path, key_of()), pdf)

    assert made.pdf.startswith(pdf)
    assert (await check(made.pdf, made.pdf)).worth == "sealed"
