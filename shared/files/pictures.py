"""Photos as they come from phones, made safe: decoded, turned upright, re-encoded without metadata.

For every service that takes photos, so that each answers a damaged file in the same way and keeps no EXIF.
"""

import asyncio
import hashlib
from dataclasses import dataclass

from shared.files.pixels import PIXELS_MOST, NoPicture, TooManyPixels, Unreadable, decode, encode
from shared.files.turns import Turns
from shared.kernel import Reject

BYTES_MOST = 10_000_000
READ_MOST = BYTES_MOST + 1  # of a file: enough to see that it is too large
_QUALITY = 82
_TURNS = Turns(2, waiting=20)  # decoding takes up to 200 MB each


@dataclass(frozen=True)
class Sizes:
    """How large a photo may be and how large it is kept: longest sides in pixels, and pixels in all."""

    side: int = 2048  # readable, about 0.5 MB
    thumbnail_side: int = 400
    pixels_most: int = PIXELS_MOST


@dataclass(frozen=True)
class Picture:
    """A photo ready to be stored; `id` is the hash of its bytes. `gps`: latitude and longitude it was taken at."""

    id: str
    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    gps: tuple[float, float] | None


async def develop(raw: bytes, sizes: Sizes) -> Picture:
    """The photo as fresh JPEGs. `Reject` 413 for what is too large, 415 for what is no photo, 422 for a damaged one;
    `Transient` when too many wait to be developed."""
    if not raw:
        raise Reject("not-a-photo", "the file is empty", status=415)
    if len(raw) > BYTES_MOST:
        raise Reject("photo-too-large", f"a photo may have {BYTES_MOST // 1_000_000} MB at most", status=413)
    async with _TURNS:
        return await asyncio.to_thread(_develop, raw, sizes)


def _develop(raw: bytes, sizes: Sizes) -> Picture:
    try:
        plain, gps = decode(raw, pixels_most=sizes.pixels_most, side=sizes.side)
    except TooManyPixels as error:
        raise Reject("photo-too-many-pixels", str(error), status=413) from error
    except NoPicture as error:
        raise Reject("not-a-photo", "send JPEG, PNG, WebP or HEIC", status=415) from error
    except Unreadable as error:
        raise Reject("broken-photo", "the file is damaged, it cannot be read as a picture", status=422) from error
    plain.thumbnail((sizes.side, sizes.side))
    jpeg = encode(plain, "JPEG", _QUALITY)
    small = plain.copy()
    small.thumbnail((sizes.thumbnail_side, sizes.thumbnail_side))
    digest = hashlib.sha256(jpeg).hexdigest()[:32]
    return Picture(digest, jpeg, encode(small, "JPEG", _QUALITY), plain.width, plain.height, gps)
