"""Photos as they come from phones, made safe: decoded, turned upright, re-encoded without metadata.

For every service that takes photos, so that each answers a damaged file in the same way and keeps no EXIF.
"""

import asyncio
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from shared.kernel import Reject

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
BYTES_MOST = 10_000_000
_QUALITY = 82
_AT_ONCE = asyncio.Semaphore(2)  # decoding takes up to 200 MB each
# What Pillow and libheif raise for bytes that make no sense; found by fuzzing, and there is no common base class.
_SENSELESS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError),
    *(EOFError, RuntimeError, struct.error, zlib.error),
)
_BROKEN = (*_SENSELESS, Image.DecompressionBombError, Image.DecompressionBombWarning)
_TURNS = {  # EXIF's orientation, and what puts it right
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How large a photo may be and how large it is kept: longest sides in pixels, and pixels in all."""

    side: int = 2048  # readable, about 0.5 MB
    thumbnail_side: int = 400
    pixels_most: int = 60_000_000  # a 48-megapixel phone fits; a decompression bomb of 4 gigapixels does not


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
    """The photo as fresh JPEGs. `Reject` 413 for what is too large, 415 for what is no photo, 422 for a damaged one."""
    if len(raw) > BYTES_MOST:
        raise Reject("photo-too-large", f"a photo may have {BYTES_MOST // 1_000_000} MB at most", status=413)
    async with _AT_ONCE:
        return await asyncio.to_thread(_develop, raw, sizes)


def _develop(raw: bytes, sizes: Sizes) -> Picture:
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
        if image.width * image.height > sizes.pixels_most:  # known from the header, before decoding
            raise Reject("photo-too-many-pixels", f"the photo has {image.width}x{image.height} pixels", status=413)
        turn, gps = _read_exif(image)
        image.draft("RGB", (sizes.side, sizes.side))  # JPEG: decode at a reduced size at once
        plain = _put_on_white(image.transpose(turn) if turn else image)
    except UnidentifiedImageError as error:
        raise Reject("not-a-photo", "send JPEG, PNG, WebP or HEIC", status=415) from error
    except _BROKEN as error:
        raise Reject("broken-photo", "the file is damaged, it cannot be read as a picture", status=422) from error
    plain.thumbnail((sizes.side, sizes.side))
    jpeg = _encode(plain)
    small = plain.copy()
    small.thumbnail((sizes.thumbnail_side, sizes.thumbnail_side))
    digest = hashlib.sha256(jpeg).hexdigest()[:32]
    return Picture(digest, jpeg, _encode(small), plain.width, plain.height, gps)


def _put_on_white(image: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white, as it looks in a browser."""
    if image.mode not in ("RGBA", "LA", "PA", "P"):
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _encode(image: Image.Image) -> bytes:
    """A new JPEG from the pixels alone: no EXIF, no colour profile, no comment."""
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _read_exif(image: Image.Image) -> tuple[Image.Transpose | None, tuple[float, float] | None]:
    """How the phone was held, and where. An unreadable block is ignored: the picture itself may be sound."""
    try:
        exif = image.getexif()
        return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1)), _gps(exif)
    except _SENSELESS:
        return None, None


def _gps(exif: Image.Exif) -> tuple[float, float] | None:
    """Where the photo was taken, if the phone wrote it down and it makes sense."""
    tags = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(tags[ExifTags.GPS.GPSLatitude], tags[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(tags[ExifTags.GPS.GPSLongitude], tags[ExifTags.GPS.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude


def _degrees(parts: tuple[float, float, float], side: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if str(side).strip("\0 ").upper() == negative else value, 6)
