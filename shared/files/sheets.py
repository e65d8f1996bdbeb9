"""A picture of one page of a document, with what somebody marked on it, by a process of its own:
`python -m shared.files.sheets DOCUMENT INTO PAGE MARKS SIDE`. MARKS, as JSON: each with its number; SIDE: pixels of the
long one. The answer says whether there is such a page, which is drawn in INTO. Whatever else becomes of it is that
page's own failure.

A page is taken out by qpdf, which mends it and needs no password that its readers do not need, and drawn by Typst.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.files.judge import HEADER_WITHIN, kind_of, open_pdf
from shared.files.limited import answer

SIDE_MOST = 1800  # pixels of the long side: small print of A4 can be read
SIDE_LARGE = 4000  # and that of a plan in A1
DRAWN = "drawn.png"
SECONDS_MOST = 10  # of processor time; a page takes some tenths of one
WRITTEN_MOST = 100_000_000  # bytes of each: the document mended, the page alone, its picture
_PIXELS = 144  # to the inch
_SHEET = """
#let told = json(bytes(sys.inputs.told))
#let red = rgb("#b3261e")
#let inside(at, most) = calc.min(calc.max(at - 11pt, 0pt), most - 22pt)
#let number(mark) = box(fill: red, radius: 3pt, inset: (x: 4pt, y: 3pt),
  text(fill: white, size: 12pt, weight: "bold", str(mark.number)))
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#let sheet = image(told.file)
#context {
  let own = measure(sheet)
  let scale = told.side * 1pt / calc.max(own.width, own.height)
  let (width, height) = (own.width * scale, own.height * scale)
  box(width: width, height: height, clip: true, {
    place(image(told.file, width: width, height: height))
    for mark in told.marks {
      let (left, top) = (mark.x * width, mark.y * height)
      if mark.width > 0 {
        place(dx: left, dy: top, rect(width: mark.width * width, height: mark.height * height, stroke: 2pt + red))
        place(dx: left, dy: top, number(mark))
      } else {
        place(dx: inside(left, width), dy: inside(top, height),
          circle(radius: 11pt, fill: red, stroke: 2pt + white,
            align(center + horizon, text(fill: white, size: 12pt, weight: "bold", str(mark.number)))))
      }
    }
  })
}
"""


def draw(document: Path, into: Path, page: int, marks: Sequence[Mapping[str, Any]], side: int = SIDE_MOST) -> bool:
    """Whether there is such a page. Raises what the page makes of whoever opens it, which is its own failure."""
    import typst

    with document.open("rb") as opened:
        kind = kind_of(opened.read(HEADER_WITHIN))
    sheet = (_page_of_pdf if kind == "pdf" else _page_of_picture)(document, into, page, side)
    if sheet is None:
        return False
    (into / "sheet.typ").write_text(_SHEET, "utf-8")
    told = {"file": sheet, "side": side * 72 / _PIXELS, "marks": marks}
    drawn = typst.compile(
        into / "sheet.typ",
        root=into,
        format="png",
        ppi=float(_PIXELS),
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told)},
    )
    (into / DRAWN).write_bytes(bytes(drawn))
    return True


def _page_of_pdf(document: Path, into: Path, page: int, _: int) -> str | None:
    import pikepdf

    with open_pdf(document, into / "mended") as pdf, pikepdf.new() as alone:
        if not 1 <= page <= len(pdf.pages):
            return None
        alone.pages.append(pdf.pages[page - 1])
        alone.save(into / "sheet.pdf")
    return "sheet.pdf"


def _page_of_picture(document: Path, into: Path, page: int, side: int) -> str | None:
    from PIL import Image  # a PDF needs no picture library

    if page != 1:
        return None
    with Image.open(document) as image:
        image.draft("RGB", (side, side))
        small = image.convert("RGB")
    small.thumbnail((side, side))
    small.save(into / "sheet.png")
    return "sheet.png"


def main() -> None:
    """One page of a document."""
    document, into, page, marks, side = sys.argv[1:]

    def draw_sheet() -> dict[str, bool]:
        return {"shown": draw(Path(document), Path(into), int(page), json.loads(marks), int(side))}

    answer(draw_sheet, seconds=SECONDS_MOST, written=WRITTEN_MOST, theirs=Exception)


if __name__ == "__main__":
    main()
