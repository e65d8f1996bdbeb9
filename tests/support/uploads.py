"""Files to upload: photos as a phone takes them, each different from all others."""

import io
import random

from PIL import Image
from playwright.sync_api import FilePayload


def photo(side: int = 640) -> bytes:
    """A JPEG that no other call returns."""
    picture = Image.new("RGB", (side, side * 3 // 4), tuple(random.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def camera_photo(latitude: float, longitude: float, size: tuple[int, int] = (4000, 3000)) -> bytes:
    """As large as a phone's camera makes them, with the place where it was taken."""
    picture = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: _sexagesimal(latitude), 3: "E", 4: _sexagesimal(longitude)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70, exif=exif)
    return out.getvalue()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), minutes % 1 * 60


def chosen_file(name: str, content: bytes) -> FilePayload:
    """A file as somebody picks it in a form; its kind is told by its name."""
    kind = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}[name.rpartition(".")[2]]
    return {"name": name, "mimeType": kind, "buffer": content}
