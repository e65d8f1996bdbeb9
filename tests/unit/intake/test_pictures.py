"""Photos become plain JPEGs of a bounded size; what is no photo is refused for its own reason."""

import io
from base64 import b64decode

import pillow_heif
import pytest
from PIL import ExifTags, Image

from services.intake.pictures import BYTES_MOST, developed
from services.intake.settings import Settings
from shared.kernel import Reject

SETTINGS = Settings()


def encoded(kind: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, size, (200, 30, 30, 0) if mode == "RGBA" else (200, 30, 30))
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.Orientation] = 6  # held upright: the pixels lie on their side
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (18.0, 44.0, 35.16), 3: "E", 4: (98.0, 57.0, 49.68)}
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_every_kind_that_phones_send_becomes_a_jpeg(kind: str) -> None:
    pillow_heif.register_heif_opener()
    picture = await developed(encoded(kind), SETTINGS)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (image.format, image.size) == ("JPEG", (640, 480))
    assert max(Image.open(io.BytesIO(picture.thumbnail)).size) == SETTINGS.thumbnail_side


async def test_the_place_is_offered_and_nothing_of_the_phone_stays() -> None:
    picture = await developed(encoded("JPEG", exif=with_place()), SETTINGS)
    assert picture.gps == (18.7431, 98.9638)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert not image.getexif()
    assert "exif" not in image.info
    assert b"SecretPhone" not in picture.jpeg
    assert image.size == (480, 640)


async def test_a_comment_in_the_file_does_not_stay() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", comment=b"taken at home by Somchai")
    assert b"Somchai" not in (await developed(out.getvalue(), SETTINGS)).jpeg


async def test_large_photos_become_smaller() -> None:
    picture = await developed(encoded("JPEG", (5000, 2500)), SETTINGS)
    assert (picture.width, picture.height) == (2048, 1024)


async def test_what_is_transparent_becomes_white() -> None:
    picture = await developed(encoded("PNG", mode="RGBA"), SETTINGS)
    assert Image.open(io.BytesIO(picture.jpeg)).getpixel((5, 5)) == (255, 255, 255)


async def test_the_same_photo_has_the_same_id() -> None:
    one, two = [await developed(encoded("PNG"), SETTINGS) for _ in range(2)]
    assert one.id == two.id
    assert len(one.id) == 32


@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"", "not-a-photo", 415),
        (b"MZ\x90 not a picture at all", "not-a-photo", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-photo", 415),
        (encoded("GIF"), "not-a-photo", 415),
        (encoded("JPEG")[:400], "broken-photo", 422),
        (encoded("PNG")[:-60], "broken-photo", 422),
        (b"\xff" * (BYTES_MOST + 1), "photo-too-large", 413),
    ],
)
async def test_what_is_no_photo_is_refused(raw: bytes, code: str, status: int) -> None:
    with pytest.raises(Reject) as refused:
        await developed(raw, SETTINGS)
    assert (refused.value.code, refused.value.status) == (code, status)


def with_a_broken_block(at: int, byte: int) -> bytes:
    """A sound photo with one wrong byte in its EXIF block, which stands behind the six of its name."""
    raw = bytearray(encoded("JPEG", exif=with_place()))
    raw[raw.index(b"Exif\0\0") + 6 + at] = byte
    return bytes(raw)


@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")  # Pillow grumbles about the block, as it does when it serves
@pytest.mark.parametrize(
    ("at", "byte"),
    [
        (11, 1),  # the maker's name under a number that has no text
        (13, 5),  # the maker's name as a fraction
        (65, 2),  # the place as letters
        (67, 3),  # the hemisphere as a number
        (0, 63),  # no such byte order
    ],
)
async def test_a_photo_is_taken_though_what_the_phone_noted_cannot_be_read(at: int, byte: int) -> None:
    picture = await developed(with_a_broken_block(at, byte), SETTINGS)
    assert sorted((picture.width, picture.height)) == [480, 640]


# 64 x 64 pixels by its header; what decodes it finds 63 x 5722 and stops.
OVERSTATED = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9j"
    "AAAAAERAAAEAAQAAAAABegABAAAAAAAAABwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlw"
    "cnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AA"
    "AAMAkAAAAwAAAwAeoCAABZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAA"
    "AABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACRtZGF0AAAAGCgBrxOA5TPAn//wUqP/3Ws8Pwd4rVD1"
    "Pg=="
)


async def test_a_picture_that_its_decoder_gives_up_is_refused() -> None:
    with pytest.raises(Reject, match="broken-photo"):
        await developed(OVERSTATED, SETTINGS)


async def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = encoded("PNG", (9000, 7000))
    assert len(bomb) < 1_000_000
    with pytest.raises(Reject, match="photo-too-many-pixels"):
        await developed(bomb, SETTINGS)
