"""Pictures of a document's pages, with what somebody marked on them, by a process of its own:
`python -m shared.files.sheets DOCUMENT INTO WANTED`. WANTED, as JSON: of each page, by its number, the marks with their
numbers. Each becomes `INTO/<page>.png`; the answer says which could be shown.

A page is taken out by qpdf, which mends it and needs no password that its readers do not need, and drawn by Typst.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.files.judge import kind_of, open_pdf
from shared.files.limited import answer

SIDE_MOST = 1800  # pixels of the long side: small print of A4 can be read
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


def draw(document: Path, into: Path, wanted: Mapping[str, Any]) -> list[int]:
    """The pages that could be shown. What has no such page, or cannot be drawn, is not among them."""
    (into / "sheet.typ").write_text(_SHEET, "utf-8")
    with document.open("rb") as opened:
        kind = kind_of(opened.read(1024))
    one = _page_of_pdf if kind == "pdf" else _page_of_picture
    return [int(page) for page, marks in wanted.items() if _draw(one(document, into, int(page)), into, page, marks)]


def _draw(sheet: str | None, into: Path, page: str, marks: Any) -> bool:
    import typst  # after the file was opened: it takes a thread for each processor

    if sheet is None:
        return False
    told = {"file": sheet, "side": SIDE_MOST * 72 / _PIXELS, "marks": marks}
    try:
        drawn = typst.compile(
            into / "sheet.typ", root=into, format="png", ppi=float(_PIXELS), ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(told)},
        )  # fmt: skip
    except typst.TypstError:
        return False
    (into / f"{page}.png").write_bytes(bytes(drawn))
    return True


def _page_of_pdf(document: Path, into: Path, page: int) -> str | None:
    import pikepdf

    try:
        with open_pdf(document, into / "mended") as pdf, pikepdf.new() as alone:
            if not 1 <= page <= len(pdf.pages):
                return None
            alone.pages.append(pdf.pages[page - 1])
            alone.save(into / "sheet.pdf")
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return None
    return "sheet.pdf"


def _page_of_picture(document: Path, into: Path, page: int) -> str | None:
    from PIL import Image  # a PDF needs no picture library

    if page != 1:
        return None
    with Image.open(document) as image:
        image.draft("RGB", (SIDE_MOST, SIDE_MOST))
        small = image.convert("RGB")
    small.thumbnail((SIDE_MOST, SIDE_MOST))
    small.save(into / "sheet.png")
    return "sheet.png"


def main() -> None:
    """One document, and some of its pages."""
    document, into, wanted = sys.argv[1:4]
    answer(lambda: {"shown": draw(Path(document), Path(into), json.loads(wanted))})


if __name__ == "__main__":
    main()
