"""Pictures decoded: upright, as they are seen, and written anew from that alone. Slow; callers choose where it runs."""

import io
import struct
import zlib
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from shared.files.colours import as_seen

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PIXELS_MOST = 60_000_000  # a 50-megapixel phone fits; a decompression bomb of 4 gigapixels does not
# Of what is decoded whole before it is made smaller, and made large from nothing most easily: 2 s of a core for 60
# megapixels. No phone takes such pictures, and a sheet scanned in A3 at 300 dpi has 17.
WHOLE_MOST = 25_000_000
_DECODED_WHOLE = ("PNG", "WEBP")
_QUALITY = 92  # of documents: small print stays readable
# What Pillow and libheif raise for bytes that make no sense; found by fuzzing, and there is no common base class.
SENSELESS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError),
    *(EOFError, RuntimeError, struct.error, zlib.error),
)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)  # Pillow's own bound, before ours is asked
_TURNS = {  # EXIF's orientation, and what puts it right
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLACES = tuple[float, float]


class NoPicture(Exception):
    """The bytes are of no kind that is taken."""


class Unreadable(Exception):
    """The bytes are a picture by their first ones, but cannot be decoded."""


class TooManyPixels(Exception):
    """Known from the header, before anything is decoded."""


def decode(
    raw: bytes, *, pixels_most: int = PIXELS_MOST, side: int | None = None
) -> tuple[Image.Image, _PLACES | None]:
    """The picture upright and on white, not much larger than `side` where its format can do that; and where it was
    taken, if the phone wrote that down."""
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
        _refuse_too_many(image, pixels_most)
        if side:
            image.draft("RGB", (side, side))  # JPEG: decode at a reduced size at once
        seen = as_seen(image, side)
        turn, gps = _read_exif(image)  # after the pixels: a PNG is read for it, and how it was packed forgotten
        return seen.transpose(turn) if turn else seen, gps
    except UnidentifiedImageError as error:
        raise NoPicture from error
    except _BOMB as error:
        raise TooManyPixels("the picture has many more pixels than may be") from error
    except SENSELESS as error:
        raise Unreadable from error


def encode(image: Image.Image, form: str, quality: int) -> bytes:
    """A new file from the pixels alone: no EXIF, no colour profile, no comment."""
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    settings = {"quality": quality, "progressive": True, "optimize": True} if form == "JPEG" else {}
    clean.save(out, form, **settings)
    return out.getvalue()


def rewrite(file: Path, clean: Path) -> str:
    """Write a JPEG or PNG anew, as large as it is; says which of them it is, in lower case."""
    raw = file.read_bytes()
    form = "PNG" if raw.startswith(b"\x89PNG") else "JPEG"
    try:
        image, _ = decode(raw)
    except NoPicture as error:
        raise Unreadable from error
    clean.write_bytes(encode(image, form, _QUALITY))
    return form.lower()


def _refuse_too_many(image: Image.Image, most: int) -> None:
    most = min(most, WHOLE_MOST) if image.format in _DECODED_WHOLE else most
    if image.width * image.height > most:
        raise TooManyPixels(f"the picture has {image.width}x{image.height} pixels, {most // 1_000_000} million may be")


def _read_exif(image: Image.Image) -> tuple[Image.Transpose | None, _PLACES | None]:
    """How the phone was held, and where. An unreadable block is ignored: the picture itself may be sound."""
    try:
        exif = image.getexif()
        return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1)), _gps(exif)
    except SENSELESS:
        return None, None


def _gps(exif: Image.Exif) -> _PLACES | None:
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
