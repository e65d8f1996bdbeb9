"""The request form that comes back as it was printed is known by what it shows; nothing that was signed is."""

import io
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFilter

from services.permits import request_form
from services.permits.domain.rules import rules_of
from shared.town import load_town
from tests.support.permits import MONDAY, draft, with_documents

TOWN = load_town(Path("deploy/municipalities/maehia"))
PERMIT = rules_of(TOWN, "house-new").permit
APPLICATION = with_documents(
    draft({"storeys": "1", "use": "house", "deed_number": "48213", "applicant_kind": "person", "owns_land": "yes"}),
    "title-deed",
)
DPI = 150
PRINTED = MONDAY + timedelta(days=12, hours=9)  # long before it is handed in: its foot names another day
A_PEN = b"q 0.1 0.2 0.7 RG 1 w 300 210 m 310 224 316 202 322 219 c 330 204 336 222 344 210 c S Q"


async def printed(at: datetime = PRINTED) -> bytes:
    return await request_form.make(APPLICATION, PERMIT, TOWN, at)


async def is_unsigned(tmp_path: Path, content: bytes) -> bool:
    (tmp_path / "sent").write_bytes(content)
    return await request_form.is_unsigned(tmp_path / "sent", APPLICATION, PERMIT, TOWN)


def changed(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def printed_again(content: bytes, *how: str) -> bytes:
    """By another program, which sets its own fonts and names nobody's time."""
    run = subprocess.run(("pdftocairo", "-pdf", *how, "-", "-"), input=content, capture_output=True, check=True)
    return run.stdout


def pages(content: bytes) -> list[Image.Image]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        count = len(pdf.pages)
    shown = []
    for page in range(1, count + 1):
        ask = ("pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-png", "-")
        run = subprocess.run(ask, input=content, capture_output=True, check=True)
        shown.append(Image.open(io.BytesIO(run.stdout)).convert("RGB"))
    return shown


def bound(images: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=DPI)
    return out.getvalue()


def scanned(image: Image.Image) -> Image.Image:
    """Askew by a little, on paper that is not quite white, with its grain."""
    turned = image.rotate(0.6, expand=False, fillcolor=(250, 249, 244), resample=Image.Resampling.BICUBIC)
    grain = Image.effect_noise(turned.size, 24).convert("RGB")
    return Image.blend(turned, grain, 0.08).filter(ImageFilter.GaussianBlur(0.6))


def signed(image: Image.Image) -> Image.Image:
    """Two letters with a thin pen, where a line to sign on is."""
    ImageDraw.Draw(image).line([(620, 1300), (640, 1270), (650, 1300), (668, 1272), (690, 1296)], (40, 60, 170), 2)
    return image


def with_annotation(pdf: pikepdf.Pdf) -> None:
    note = {"/Type": "/Annot", "/Subtype": "/Ink", "/Rect": [300, 200, 360, 230], "/InkList": [[300, 200, 360, 230]]}
    made = pikepdf.Dictionary({key: pikepdf.Name(one) if isinstance(one, str) else one for key, one in note.items()})
    pdf.pages[-1].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(made)])


def with_stroke(pdf: pikepdf.Pdf) -> None:
    pdf.pages[-1].contents_add(A_PEN)


def with_field(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/AcroForm"] = pikepdf.Dictionary({"/SigFlags": 3, "/Fields": pikepdf.Array()})


def saved(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/CreationDate"]
    pdf.docinfo["/Producer"] = "another"


SAME: dict[str, Callable[[bytes], bytes]] = {
    "as it left us": lambda form: form,
    "with bytes behind it": lambda form: form + b"\n% signed\n",
    "saved by another program": lambda form: changed(form, saved),
    "printed into a new PDF": printed_again,
    "printed smaller": lambda form: printed_again(form, "-paper", "letter"),
    "as pictures of its pages": lambda form: bound(pages(form)),
}
ANOTHER: dict[str, Callable[[bytes], bytes]] = {
    "with ink upon it": lambda form: changed(form, with_annotation),
    "with a stroke of a pen": lambda form: changed(form, with_stroke),
    "printed with that stroke": lambda form: printed_again(changed(form, with_stroke)),
    "with a field to sign in": lambda form: changed(form, with_field),
    "scanned, whoever signed it": lambda form: bound([scanned(one) for one in pages(form)]),
    "signed on a screen": lambda form: bound([*pages(form)[:-1], signed(pages(form)[-1])]),
    "with another page": lambda form: bound([*pages(form), *pages(form)]),
    "an empty sheet": lambda form: bound([Image.new("RGB", one.size, "white") for one in pages(form)]),
}


@pytest.mark.parametrize("how", SAME)
async def test_the_form_as_it_was_printed_is_known_however_it_was_saved(tmp_path: Path, how: str) -> None:
    assert await is_unsigned(tmp_path, SAME[how](await printed()))


@pytest.mark.parametrize("how", ANOTHER)
async def test_what_anybody_wrote_on_it_and_what_a_scanner_made_of_it_is_another(tmp_path: Path, how: str) -> None:
    assert not await is_unsigned(tmp_path, ANOTHER[how](await printed()))
