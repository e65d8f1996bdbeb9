"""A scanned signature: the ink is kept, the paper is not."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from services.permits.signature_picture import cut_out
from shared.files.scanner import Scanner
from shared.kernel import Reject
from tests.support.seals import drawing


async def cut(folder: Path, picture: bytes) -> Image.Image:
    (folder / "sent").write_bytes(picture)
    return Image.open(BytesIO(await cut_out(folder / "sent", Scanner(""))))


def as_bytes(picture: Image.Image, form: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, form)
    return out.getvalue()


async def test_the_ink_is_cut_out_and_lies_on_nothing(tmp_path: Path) -> None:
    ink = await cut(tmp_path, drawing())

    assert ink.mode == "RGBA"
    assert 480 < ink.width < 560, "of a sheet of 1000 pixels"
    assert 150 < ink.height < 220
    corner, stroke = ink.getpixel((ink.width // 2, 2)), ink.getchannel("A").getextrema()
    assert isinstance(corner, tuple)
    assert corner[3] == 0, "the grey paper is gone"
    assert stroke[1] == 255


async def test_a_photo_by_a_phone_with_noise_and_shadow_will_do(tmp_path: Path) -> None:
    with Image.open(BytesIO(drawing())) as sheet:
        shadow = Image.linear_gradient("L").resize(sheet.size).point([200 + level // 5 for level in range(256)])
        photo = Image.composite(sheet, Image.new("RGB", sheet.size, "#808080"), shadow).filter(ImageFilter.BLUR)

    ink = await cut(tmp_path, as_bytes(photo, "JPEG"))

    assert 450 < ink.width < 700


def sheet(paper: str, drawn: tuple[int, int, int, int] | None = None) -> bytes:
    picture = Image.new("RGB", (800, 600), paper)
    if drawn:
        ImageDraw.Draw(picture).rectangle(drawn, fill="black")
    return as_bytes(picture)


@pytest.mark.parametrize(
    "picture",
    [sheet("white"), sheet("black"), sheet("white", (400, 300, 410, 305)), sheet("white", (100, 100, 600, 400))],
    ids=["blank", "black", "a-dot", "a-block"],
)
async def test_what_shows_no_signature_is_refused(tmp_path: Path, picture: bytes) -> None:
    with pytest.raises(Reject, match="no-signature"):
        await cut(tmp_path, picture)
