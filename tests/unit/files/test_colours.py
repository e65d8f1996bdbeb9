"""What a file shows is what is kept of it, whatever bits, alpha and colours it is made of."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.permits.signature_picture import cut_out
from shared.files.colours import as_seen
from shared.files.pixels import Unreadable, decode, encode, rewrite
from shared.files.scanner import Scanner
from tests.support import profiles
from tests.support.seals import drawing

PALE, DARK = 245, 20
AT_LINE, AT_GROUND = (50, 30), (50, 5)


def kept(image: Image.Image, form: str = "PNG", **settings: Any) -> Image.Image:
    """What stays of a file."""
    out = io.BytesIO()
    image.save(out, form, **settings)
    picture, _ = decode(out.getvalue())
    assert picture.mode == "RGB"
    return picture


def plan(mode: str, ground: Any, line: Any) -> Image.Image:
    """A sheet with one broad line across it."""
    if mode == "I;16":  # Pillow's own paste writes eight bits there
        rows = [line if 25 <= row < 35 else ground for row in range(60)]
        return Image.frombytes(mode, (100, 60), b"".join(struct.pack("<H", level) * 100 for level in rows))
    sheet = Image.new(mode, (100, 60), ground)
    sheet.paste(line, (0, 25, 100, 35))
    return sheet


def grey_of(picture: Image.Image, at: tuple[int, int]) -> int:
    return picture.convert("L").crop((*at, at[0] + 1, at[1] + 1)).tobytes()[0]


# --- bits


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "1": lambda: plan("1", 1, 0),
    "L": lambda: plan("L", PALE, DARK),
    "I;16": lambda: plan("I;16", PALE << 8, DARK << 8),
    "LA": lambda: plan("LA", (PALE, 255), (DARK, 255)),
    "P": lambda: plan("RGB", (PALE,) * 3, (DARK,) * 3).convert("P"),
    "RGB": lambda: plan("RGB", (PALE,) * 3, (DARK,) * 3),
    "RGBA": lambda: plan("RGBA", (*(PALE,) * 3, 255), (*(DARK,) * 3, 255)),
    "CMYK": lambda: plan("RGB", (PALE,) * 3, (DARK,) * 3).convert("CMYK"),
}


@pytest.mark.parametrize("mode", SHEETS)
def test_light_and_dark_stay_apart_in_every_mode(mode: str) -> None:
    picture = kept(SHEETS[mode](), "JPEG" if mode == "CMYK" else "PNG")

    assert grey_of(picture, AT_GROUND) > 240
    assert grey_of(picture, AT_LINE) < 30


def test_a_plan_scanned_in_sixteen_bits_keeps_all_its_greys() -> None:
    for ground, line in ((65535, 20000), (20000, 9000)):
        picture = kept(plan("I;16", ground, line))

        assert (grey_of(picture, AT_GROUND), grey_of(picture, AT_LINE)) == (ground >> 8, line >> 8)


@pytest.mark.parametrize("mode", ["I", "F", "HSV", "LAB", "I;16B"])
def test_pixels_without_a_known_meaning_are_refused_and_not_guessed(mode: str) -> None:
    with pytest.raises(ValueError, match="no known meaning"):
        as_seen(Image.new(mode, (4, 4)))


# --- what is clear


CLEAR: dict[str, tuple[Image.Image, Any]] = {
    "L": (plan("L", 0, 30), 0),
    "I;16": (plan("I;16", 300, 30 << 8), 300),
    "RGB": (plan("RGB", (0, 0, 0), (30, 30, 30)), (0, 0, 0)),
    "P": (plan("RGB", (0, 0, 0), (30, 30, 30)).convert("P", palette=Image.Palette.ADAPTIVE), None),
    "1": (plan("1", 0, 1), 0),
}


@pytest.mark.parametrize("mode", CLEAR)
def test_a_colour_that_is_clear_is_seen_as_paper(mode: str) -> None:
    sheet, key = CLEAR[mode]
    picture = kept(sheet, transparency=sheet.getpixel(AT_GROUND) if key is None else key)

    assert grey_of(picture, AT_GROUND) == 255
    assert grey_of(picture, AT_LINE) == (255 if mode == "1" else 30), "white on white is what a browser shows too"


def test_a_sixteen_bit_level_that_is_clear_is_no_other_of_the_same_high_byte() -> None:
    picture = kept(plan("I;16", 300, 301), transparency=300)

    assert (grey_of(picture, AT_GROUND), grey_of(picture, AT_LINE)) == (255, 1)


def png(depth: int, colour: int, rows: bytes, clear: bytes) -> bytes:
    """One row of eight pixels, in depths that Pillow writes none of."""
    chunks = {b"IHDR": struct.pack(">IIBBBBB", 8, 1, depth, colour, 0, 0, 0), b"tRNS": clear,
              b"IDAT": zlib.compress(b"\0" + rows), b"IEND": b""}  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks.items()
    )


@pytest.mark.parametrize(
    ("depth", "rows", "clear"),
    [(2, b"\xff\x55", 3), (2, b"\x55\x00", 1), (4, b"\xff\xff\x11\x11", 15), (4, b"\x11\x11\x00\x00", 1)],
    ids=["2-white", "2-grey", "4-white", "4-grey"],
)
def test_a_clear_level_is_read_in_the_files_own_bits(depth: int, rows: bytes, clear: int) -> None:
    picture, _ = decode(png(depth, 0, rows, struct.pack(">H", clear)))

    assert grey_of(picture, (0, 0)) == 255
    assert grey_of(picture, (7, 0)) < 100


def test_a_clear_colour_of_sixteen_bits_is_read_as_such() -> None:
    rows = struct.pack(">3H", 0x1234, 0, 0) * 4 + struct.pack(">3H", 0x5678, 0, 0) * 4
    picture, _ = decode(png(16, 2, rows, struct.pack(">3H", 0x1234, 0, 0)))

    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert picture.getpixel((7, 0)) == (0x56, 0, 0)


# --- colours


def test_a_phones_wide_colours_become_those_of_every_screen() -> None:
    picture = kept(plan("RGB", (200, 80, 60), (30, 120, 60)), icc_profile=profiles.display_p3())

    red, green, _ = picture.getpixel(AT_GROUND)  # type: ignore[misc]  # three numbers, as the picture is RGB
    assert red > 208, "the same red is further out in the narrower space"
    assert green < 76
    assert "icc_profile" not in Image.open(io.BytesIO(encode(picture, "JPEG", 90))).info


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_grey_is_shown_by_its_own_curve(mode: str) -> None:
    ground = {"L": 64, "LA": (64, 255), "I;16": 64 << 8}[mode]
    picture = kept(plan(mode, ground, ground), icc_profile=profiles.grey(1.0))

    assert 130 < grey_of(picture, AT_GROUND) < 145


def test_inks_are_shown_by_the_presss_own_table() -> None:
    picture = kept(plan("CMYK", (0, 0, 0, 0), (255, 0, 0, 0)), "JPEG", quality=95, icc_profile=profiles.press())

    assert grey_of(picture, AT_GROUND) > 245
    red, _, blue = picture.getpixel(AT_LINE)  # type: ignore[misc]  # three numbers, as the picture is RGB
    assert red > 180
    assert blue < 60


def test_what_is_clear_stays_so_beside_a_profile() -> None:
    picture = kept(plan("RGBA", (0, 0, 0, 0), (200, 80, 60, 255)), icc_profile=profiles.display_p3())

    assert picture.getpixel(AT_GROUND) == (255, 255, 255)
    assert picture.getpixel(AT_LINE)[0] > 208  # type: ignore[index]  # three numbers, as the picture is RGB


@pytest.mark.parametrize(
    "profile",
    [b"no profile", profiles.display_p3()[:200], profiles.grey(1.0), profiles.press(), b"\0" * 4_000_001],
    ids=["words", "cut-off", "grey", "inks", "too-large"],
)
def test_a_profile_that_fits_nothing_is_left_unheeded(profile: bytes) -> None:
    colours = Image.new("RGB", (8, 8), (200, 80, 60))
    colours.info["icc_profile"] = profile

    assert as_seen(colours).getpixel((1, 1)) == (200, 80, 60)


# --- everything that is kept goes this way


async def test_a_signature_scanned_in_sixteen_bits_is_cut_out(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(drawing())) as sheet:
        levels = sheet.convert("L").tobytes()
        wide = Image.frombytes("I;16", sheet.size, b"".join(bytes((0, level)) for level in levels))
    wide.save(tmp_path / "sent.png")

    ink = await cut_out(tmp_path / "sent.png", Scanner(""))

    assert Image.open(io.BytesIO(ink)).width > 480


def test_a_document_is_written_anew_as_it_is_seen(tmp_path: Path) -> None:
    plan("I;16", 65535, 20000).save(tmp_path / "plan.png")

    assert rewrite(tmp_path / "plan.png", tmp_path / "clean") == "png"

    with Image.open(tmp_path / "clean") as clean:
        assert grey_of(clean, AT_LINE) == 20000 >> 8


def test_bytes_that_end_early_are_unreadable_in_every_mode() -> None:
    out = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(out, "PNG", icc_profile=profiles.grey(1.0))

    with pytest.raises(Unreadable):
        decode(out.getvalue()[:3000])
