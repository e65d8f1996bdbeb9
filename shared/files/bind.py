"""Binds photographed pages into one PDF, in a process of its own: `python -m shared.files.bind PDF PICTURE…`.

The pictures have been judged and written anew before (`judge.py`); here they only take memory and time.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image

from shared.files.limited import answer

SIDE_MOST = 3000  # pixels: 250 to the inch on A4, more than its small print needs
A4_INCHES = 11.69  # the long side
_QUALITY = 85


def bind(pictures: Sequence[Path], into: Path) -> None:
    """A page for each picture, in this order, as large as a sheet of A4. One is held in memory at a time."""
    with pikepdf.new() as bound:
        for picture in pictures:
            with pikepdf.open(io.BytesIO(_page(picture))) as page:
                bound.pages.extend(page.pages)
        bound.save(into)


def _page(picture: Path) -> bytes:
    written = io.BytesIO()
    with Image.open(picture) as image:
        image.draft("RGB", (SIDE_MOST, SIDE_MOST))
        page = image.convert("RGB")
    page.thumbnail((SIDE_MOST, SIDE_MOST))
    page.save(written, "PDF", quality=_QUALITY, resolution=max(page.size) / A4_INCHES)
    return written.getvalue()


def main() -> None:
    """One document, and how many pages it has."""
    pictures = [Path(name) for name in sys.argv[2:]]

    def bound() -> dict[str, int]:
        bind(pictures, Path(sys.argv[1]))
        return {"pages": len(pictures)}

    answer(bound)


if __name__ == "__main__":
    main()
