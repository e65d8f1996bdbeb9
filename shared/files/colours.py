"""What a picture shows on a screen: eight bits of sRGB on white, whatever bits, alpha and colours its file has."""

import io
from typing import Final

from PIL import Image, ImageChops, ImageCms
from PIL.ImageCms import ImageCmsProfile

_EIGHT_BITS: Final = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK"})
_SHRINK: Final = frozenset({"L", "RGB", "CMYK"})
# A PNG names the level that is clear as its file holds it; Pillow makes eight bits of the pixels alone.
_LEVELS: Final = {"L;2": 255 // 3, "L;4": 255 // 15}
_PROFILE_MOST: Final = 4_000_000  # bytes: those of printing presses have two million
_SRGB: Final = ImageCms.createProfile("sRGB")


def as_seen(image: Image.Image, side: int | None = None) -> Image.Image:
    """RGB of its own, no larger than `side` where that saves work; what is transparent becomes white, as it looks in a
    browser. `ValueError` for pixels that have no known meaning on a screen: guessed wrongly, they would be lost without
    a word."""
    packed = _read_packing(image)
    image.load()
    plain = _eight_bits(image) if image.mode == "I;16" else image
    if plain.mode not in _EIGHT_BITS:
        raise ValueError(f"pixels of mode {plain.mode} have no known meaning")
    if "transparency" in plain.info and plain.mode != "P":
        plain.info["transparency"] = _unpack_key(plain.info["transparency"], packed)
    alpha = plain.convert("RGBA").getchannel("A") if plain.has_transparency_data else None
    if side and alpha is None and plain.mode in _SHRINK:
        plain.thumbnail((side, side))  # a quarter of a phone's pixels is left to convert
    colours = _in_srgb(plain, image.info.get("icc_profile"))
    return _on_white(colours, alpha) if alpha else colours


def _read_packing(image: Image.Image) -> str:
    """How the file packs its pixels, which is known until they are read."""
    tiles = getattr(image, "tile", None)
    return str(tiles[0].args) if tiles else ""


def _unpack_key(key: int | tuple[int, int, int], packed: str) -> int | tuple[int, ...]:
    """The clear level or colour in eight bits, as the pixels are."""
    if isinstance(key, tuple):
        return tuple(part >> 8 for part in key) if packed == "RGB;16B" else key
    return key * _LEVELS.get(packed, 1)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits by its high bytes, which Pillow's own conversion cuts off at 255: a scanned plan turns white."""
    raw = image.tobytes()
    low, high = (Image.frombytes("L", image.size, raw[part::2]) for part in (0, 1))
    key = image.info.get("transparency")
    if key is None:
        return high
    other = ImageChops.lighter(_unlike(low, key & 255), _unlike(high, key >> 8))
    return Image.merge("LA", (high, other))


def _unlike(levels: Image.Image, key: int) -> Image.Image:
    return levels.point([0 if level == key else 255 for level in range(256)])


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """By the picture's own profile, which is not kept: phones take photos in Display P3, scanners in their own space.
    One that is damaged or of other colours is left unheeded, as browsers do."""
    if profile and len(profile) <= _PROFILE_MOST:
        try:
            return _convert(image, ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def _convert(image: Image.Image, profile: ImageCmsProfile) -> Image.Image:
    space = profile.profile.xcolor_space.strip()
    grey = image.mode in ("1", "L", "LA")
    mode = {
        "GRAY": "L" if grey else "",
        "CMYK": "CMYK" if image.mode == "CMYK" else "",
        "RGB": "" if image.mode == "CMYK" else "RGB",
    }.get(space)
    if not mode:
        raise ValueError(f"a profile of {space} for pixels of mode {image.mode}")
    source = image if image.mode == mode else image.convert(mode)
    transform = ImageCms.buildTransform(profile, _SRGB, mode, "RGB")
    if mode != "RGB":
        return transform.apply(source)
    transform.apply_in_place(source)  # a sheet of 60 megapixels has 180 MB
    return source


def _on_white(colours: Image.Image, alpha: Image.Image) -> Image.Image:
    white = Image.new("RGB", colours.size, "white")
    white.paste(colours, mask=alpha)
    return white
