"""Photos of the work: only real pictures, made small, upright and free of what the camera wrote into them."""

import asyncio
import io
import threading
import time

import pytest
from PIL import Image, ImageOps

from services.dispatch.photos import SIDE, clean_photo, cleaned, photo_id
from shared.kernel import Reject


def picture(form: str = "JPEG", size: tuple[int, int] = (300, 200), orientation: int = 1) -> bytes:
    image = Image.new("RGB", size, "navy")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "taken by somebody at home"
    written = io.BytesIO()
    image.save(written, form, exif=exif)
    return written.getvalue()


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_send_becomes_a_jpeg_without_exif(form: str) -> None:
    clean = opened(clean_photo(picture(form)))

    assert clean.format == "JPEG"
    assert not clean.getexif()


def test_a_photo_taken_sideways_stands_upright() -> None:
    assert opened(clean_photo(picture(orientation=6))).size == (200, 300)


def test_a_large_photo_is_made_small() -> None:
    assert max(opened(clean_photo(picture(size=(4000, 1000)))).size) == SIDE


@pytest.mark.parametrize("raw", [b"", b"GIF89a nothing", picture()[:200], b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(Reject) as caught:
        clean_photo(raw)

    assert (caught.value.code, caught.value.status) == ("photo-unreadable", 422)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    image = io.BytesIO()
    Image.new("1", (9000, 9000)).save(image, "PNG")

    with pytest.raises(Reject) as caught:
        clean_photo(image.getvalue())

    assert caught.value.status == 413


def test_the_same_picture_of_the_same_work_has_one_id() -> None:
    assert photo_id("a", b"x") == photo_id("a", b"x")
    assert photo_id("a", b"x") != photo_id("b", b"x")


async def test_many_photos_at_once_are_decoded_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_work, most = threading.Lock(), 0, 0
    upright = ImageOps.exif_transpose

    def slowly(image: Image.Image) -> Image.Image:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        with lock:
            at_work -= 1
        return upright(image)

    monkeypatch.setattr(ImageOps, "exif_transpose", slowly)
    await asyncio.gather(*(cleaned(picture()) for _ in range(8)))

    assert most == 2
