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


def chosen_file(name: str, content: bytes) -> FilePayload:
    """A file as somebody picks it in a form; its kind is told by its name."""
    kind = {"jpg": "image/jpeg", "pdf": "application/pdf"}[name.rpartition(".")[2]]
    return {"name": name, "mimeType": kind, "buffer": content}
