"""Whether a file shows what a document of ours shows and nothing that somebody has added, by a process of its own:
`python -m shared.files.likeness FILE OURS INTO`. Both are drawn, page by page, and laid over each other.

It is meant to refuse a document that comes back as it left: so whatever is in doubt is another. A stroke of a pen, a
stamp, a note, a scan that lies askew or has the grain of paper make it one. What it is made of says nothing: printed
into a new PDF, smaller or as a picture, it is still the same.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.files.judge import HEADER_WITHIN, kind_of, open_pdf
from shared.files.limited import answer
from shared.files.sheets import DRAWN, draw

if TYPE_CHECKING:
    from PIL import Image

_WIDE = 1000  # pixels of what is printed, laid over each other: six to the millimetre of a form
_FAINT = 215  # as dark as this is ink of theirs, in its darkest colour: a blue pen, a yellow marker
_STRONG = 128  # as dark as this is print of ours
_NEAR = 5  # pixels, of a square: another program's printing lies so far off, and a stroke of a pen beyond it
_ADDED_MOST = 30  # pixels: two initials have some two hundred
_LACKING_MOST = 0.03  # of our print: the ticks of a list of papers
_SHAPE_MOST = 0.01  # by which height and width may differ
_FOOT_GAP = 12  # pixels without print above the line at a page's foot, which names the minute of its printing
_PAGES_MOST = 5
WRITTEN_MOST = 60_000_000  # bytes of each: the file mended, a page alone, its picture


def shows_the_same(file: Path, ours: Path, into: Path) -> bool:
    """Whether nothing was added to `ours`, a PDF, to make `file`, a PDF or a picture of one page."""
    pages = _pages(ours, into)
    if not 1 <= pages <= _PAGES_MOST or _pages(file, into) != pages or _is_written_on(file, into):
        return False
    return all(_is_alike(_print(file, into, page), _print(ours, into, page)) for page in range(1, pages + 1))


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as opened:
        return kind_of(opened.read(HEADER_WITHIN)) == "pdf"


def _pages(file: Path, into: Path) -> int:
    if not _is_pdf(file):
        return 1
    with open_pdf(file, into / "mended") as pdf:
        return len(pdf.pages)


def _is_written_on(file: Path, into: Path) -> bool:
    """What lies upon a page and is drawn by its reader: ink, notes, fields, an electronic signature that shows
    nothing."""
    if not _is_pdf(file):
        return False
    with open_pdf(file, into / "mended") as pdf:
        return "/AcroForm" in pdf.Root or any(
            str(one.get("/Subtype")) != "/Link" for page in pdf.pages for one in page.get("/Annots", [])
        )


def _print(file: Path, into: Path, page: int) -> "Image.Image":
    """All that a page shows, cut out along its edges and `_WIDE`: paper and scale do not matter. Dark is 0."""
    from PIL import Image, ImageChops

    draw(file, into, page, ())
    with Image.open(into / DRAWN) as drawn:
        red, green, blue = drawn.convert("RGB").split()
    darkest = ImageChops.darker(red, ImageChops.darker(green, blue))
    edges = darkest.point(lambda shade: 255 * (shade < _FAINT)).getbbox() or (0, 0, 1, 1)
    cut = darkest.crop(edges)
    return cut.resize((_WIDE, max(1, round(cut.height * _WIDE / cut.width))), Image.Resampling.LANCZOS)


def _is_alike(theirs: "Image.Image", ours: "Image.Image") -> bool:
    if abs(theirs.height - ours.height) > _SHAPE_MOST * ours.height:
        return False
    above = (0, 0, _WIDE, _foot(ours))
    theirs, ours = theirs.resize(ours.size).crop(above), ours.crop(above)
    added = _beyond(theirs, _FAINT, ours)
    lacking = _beyond(ours, _STRONG, theirs)
    return added <= _ADDED_MOST and lacking <= _LACKING_MOST * _dark(ours, _STRONG)


def _foot(ours: "Image.Image") -> int:
    """The row at which the line at its foot begins: below the last gap."""
    blank = 0
    for row in range(ours.height - 1, 0, -1):
        blank = 0 if _dark(ours.crop((0, row, _WIDE, row + 1)), _STRONG) else blank + 1
        if blank == _FOOT_GAP:
            return row
    return ours.height


def _beyond(one: "Image.Image", shade: int, other: "Image.Image") -> int:
    """How many of its dark pixels have none of the other's near."""
    from PIL import ImageChops, ImageFilter

    near = other.filter(ImageFilter.MinFilter(_NEAR)).point(lambda found: 255 * (found < _FAINT))
    dark = one.point(lambda found: 255 * (found < shade))
    return ImageChops.subtract(dark, near).histogram()[255]


def _dark(image: "Image.Image", shade: int) -> int:
    return sum(image.histogram()[:shade])


def main() -> None:
    """Two files, one word."""
    file, ours, into = map(Path, sys.argv[1:])

    def compare_files() -> dict[str, Any]:
        return {"same": shows_the_same(file, ours, into)}

    answer(compare_files, written=WRITTEN_MOST, theirs=Exception)


if __name__ == "__main__":
    main()
