"""Documents as applicants send them, and as nobody should: PDFs made with qpdf's own library, and pictures."""

import io
from collections.abc import Callable
from decimal import Decimal

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import ExifTags, Image

# As a careless program writes it: no table of its objects, and several on one line.
CARELESS = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def paper(change: Callable[[pikepdf.Pdf], None] | None = None, **settings: object) -> bytes:
    """A PDF of one page; `change` puts something into it, `settings` are those of saving."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **{"static_id": "encryption" not in settings, **settings})  # type: ignore[arg-type]
    return out.getvalue()


def script() -> Dictionary:
    """An action that runs a program."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def runs_when_opened(pdf: pikepdf.Pdf) -> None:
    """A program of the document's."""
    pdf.Root.OpenAction = pdf.make_indirect(script())


def runs_when_pressed(pdf: pikepdf.Pdf) -> None:
    """A program behind a link of a page, written into the link and not by itself."""
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=script())
    pdf.pages[0].Annots = Array([link])


def launches(pdf: pikepdf.Pdf) -> None:
    """It opens another program."""
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def plays(pdf: pikepdf.Pdf) -> None:
    """A film on a page."""
    pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.RichMedia))])


def has_a_dynamic_form(pdf: pikepdf.Pdf) -> None:
    """A form that is a program of its own."""
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp/>"))


def carries(name: str) -> Callable[[pikepdf.Pdf], None]:
    """Another file within."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments[name] = b"whatever it is"

    return change


def carries_under_two_names(pdf: pikepdf.Pdf) -> None:
    """One reader takes the file for a harmless one, another by its other name."""
    carries("a.pdf")(pdf)
    for one in pdf.objects:
        if isinstance(one, Dictionary) and "/EF" in one:
            one.F = String("run.exe")


def opens_with(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """It does that when it is opened."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pdf.make_indirect(action)

    return change


def opens_then(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """It turns to a page when it is opened, and does that next."""
    first = Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=Array([action]))
    return opens_with(first)


def when_a_page_shows(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """It does that as soon as its page is looked at."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].AA = Dictionary(O=action)

    return change


def behind_a_link(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """It does that when a link is pressed."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=pdf.make_indirect(action))])

    return change


def leads_elsewhere(pdf: pikepdf.Pdf) -> None:
    """Every link that looks like one of its own leads to another house."""
    pdf.Root.URI = Dictionary(Base=String("https://evil.example"))


def reads_another_file(pdf: pikepdf.Pdf) -> None:
    """A picture, or whatever it is, that lies elsewhere."""
    stream = pdf.make_stream(b"")
    stream.F = Dictionary(Type=Name.Filespec, FS=Name.URL, F=String("https://evil.example/a"))
    pdf.Root.Elsewhere = stream


def panics(pdf: pikepdf.Pdf) -> None:
    """Its page is filled with a pattern whose numbers are too large for the arithmetic of who draws it."""
    most = 2**31 - 1
    tile = pdf.make_stream(
        b"0 0 1 1 re f", Type=Name.Pattern, PatternType=1, PaintType=3, TilingType=1, XStep=most, YStep=65535,
        BBox=Array([-most - 1, 1, -(10**9), -(10**9)]), Matrix=Array([65535, most, Decimal("0.0001"), 65535, -1, most]),
        Resources=Dictionary(),
    )  # fmt: skip
    page = pdf.pages[0]
    page.MediaBox = Array([0, 0, 3, 842])
    page.Resources = Dictionary(Pattern=Dictionary(P=tile))
    page.Contents = pdf.make_stream(b"/Pattern cs /P scn 0 0 500 500 re f")


def web() -> Dictionary:
    """An action that opens an address."""
    return Dictionary(S=Name.URI, URI=String("https://evil.example"))


def turns_to_its_page(pdf: pikepdf.Pdf) -> None:
    """What every second program writes: show the page when it is opened. It also links to the web."""
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.org")))
    pdf.pages[0].Annots = Array([link])


def picture(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """A JPEG or PNG that says who made it and where, and lies on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (18.0, 44.0, 35.16), 3: "E", 4: (98.0, 57.0, 49.68)}
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else 0).save(out, kind, exif=exif)
    return out.getvalue()
