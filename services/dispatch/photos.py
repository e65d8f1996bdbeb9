"""Makes a crew's photo safe to keep and show: decoded, turned upright, made small, written anew without its EXIF."""

import asyncio
import hashlib
import io

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.kernel import Reject

pillow_heif.register_heif_opener()

BYTES_MOST = 10_000_000  # of one photo as sent
PIXELS_MOST = 50_000_000  # phones take 12 to 50 million; more is a decompression bomb
SIDE = 1600  # px, enough to see a repair, some 300 kB
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_AT_ONCE = asyncio.Semaphore(2)  # decoding the largest takes 150 MB each


async def cleaned(raw: bytes) -> bytes:
    """`clean_photo` in a thread, few at a time: a crew that sends ten must not take the process down."""
    async with _AT_ONCE:
        return await asyncio.to_thread(clean_photo, raw)


def clean_photo(raw: bytes) -> bytes:
    """The photo as a fresh JPEG. `Reject` 413 or 422 for what is none that we take."""
    if len(raw) > BYTES_MOST:
        raise Reject("photo-too-large", f"A photo may have at most {BYTES_MOST // 1_000_000} MB.", status=413)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MOST:
                raise Reject("photo-too-large", f"A photo may have at most {PIXELS_MOST:,} pixels.", status=413)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE))
            written = io.BytesIO()
            upright.convert("RGB").save(written, "JPEG", quality=82, optimize=True)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Reject("photo-unreadable", "This is no JPEG, PNG, WebP or HEIC photo.", status=422) from error
    return written.getvalue()


def photo_id(order_id: str, content: bytes) -> str:
    """The same picture of the same work has the same id; nobody can guess it."""
    return hashlib.sha256(order_id.encode() + content).hexdigest()[:40]
