"""Photos become plain JPEGs of a bounded size; what is no photo is refused for its own reason."""

import asyncio
import io
import threading
import time
from base64 import b64decode

import pillow_heif
import pytest
from PIL import ExifTags, Image

from shared.files.pictures import BYTES_MOST, Sizes, develop
from shared.kernel import Reject

SIZES = Sizes()


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
    picture = await develop(encoded(kind), SIZES)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (image.format, image.size) == ("JPEG", (640, 480))
    assert max(Image.open(io.BytesIO(picture.thumbnail)).size) == SIZES.thumbnail_side


async def test_the_place_is_offered_and_nothing_of_the_phone_stays() -> None:
    picture = await develop(encoded("JPEG", exif=with_place()), SIZES)
    assert picture.gps == (18.7431, 98.9638)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert not image.getexif()
    assert "exif" not in image.info
    assert b"SecretPhone" not in picture.jpeg
    assert image.size == (480, 640)


async def test_a_comment_in_the_file_does_not_stay() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", comment=b"taken at home by Somchai")
    assert b"Somchai" not in (await develop(out.getvalue(), SIZES)).jpeg


async def test_large_photos_become_smaller() -> None:
    picture = await develop(encoded("JPEG", (5000, 2500)), SIZES)
    assert (picture.width, picture.height) == (2048, 1024)


async def test_what_is_transparent_becomes_white() -> None:
    picture = await develop(encoded("PNG", mode="RGBA"), SIZES)
    assert Image.open(io.BytesIO(picture.jpeg)).getpixel((5, 5)) == (255, 255, 255)


async def test_the_same_photo_has_the_same_id() -> None:
    one, two = [await develop(encoded("PNG"), SIZES) for _ in range(2)]
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
        await develop(raw, SIZES)
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
    picture = await develop(with_a_broken_block(at, byte), SIZES)
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
        await develop(OVERSTATED, SIZES)


async def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = encoded("PNG", (9000, 7000))
    assert len(bomb) < 1_000_000
    with pytest.raises(Reject, match="photo-too-many-pixels"):
        await develop(bomb, SIZES)


async def test_many_photos_at_once_are_decoded_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_work, most = threading.Lock(), 0, 0
    convert = Image.Image.convert

    def slowly(image: Image.Image, mode: str) -> Image.Image:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        with lock:
            at_work -= 1
        return convert(image, mode)

    monkeypatch.setattr(Image.Image, "convert", slowly)
    await asyncio.gather(*(develop(encoded("PNG", mode="RGBA"), SIZES) for _ in range(8)))

    assert most == 2
