"""PDFs that open, with a page that no program writes: numbers out of every range, pictures, fonts, patterns, shades and
colours that contradict themselves. A seed makes the same ones each time."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.support.papers import paper

_NUMBERS = (0, -1, 1, 10**9, -(10**9), Decimal(10**38), 65535, 2**31 - 1, -(2**31), Decimal("0.0001"))
_FILTERS = (Name.DCTDecode, Name.JPXDecode, Name.JBIG2Decode, Name.CCITTFaxDecode, Name.RunLengthDecode, Name.LZWDecode)


def odd_papers(seed: int) -> Iterator[bytes]:
    """Without end."""
    luck = random.Random(seed)
    while True:
        yield paper(lambda pdf: _odd(pdf, luck))


def _odd(pdf: pikepdf.Pdf, luck: random.Random) -> None:
    width, height = luck.choice([(595, 842), (3, 1), (14400, 14400), (3, 842), (10**6, 1)])
    page = pdf.pages[0]
    page.MediaBox = Array([0, 0, width, height])
    make: Callable[[Any, Any, random.Random], tuple[Dictionary, str]] = luck.choice(_KINDS)
    page.Resources, drawn = make(pdf, page, luck)
    page.Contents = pdf.make_stream(drawn.encode())


def _many(luck: random.Random, *counts: int) -> Array:
    return Array([luck.choice(_NUMBERS) for _ in range(luck.choice(counts))])


def _noise(luck: random.Random, count: int) -> bytes:
    return luck.randbytes(count)


def _picture(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    indexed = Array([Name.Indexed, Name.DeviceRGB, luck.choice([0, 255, 300, -1]), String("abc")])
    profiled = Array([Name.ICCBased, pdf.make_stream(b"xx", N=luck.choice([1, 3, 4, 7]))])
    image = pdf.make_stream(
        _noise(luck, 50), Type=Name.XObject, Subtype=Name.Image, Width=luck.choice([0, 1, 5, 70000, 3]),
        Height=luck.choice([0, 1, 7, 70000]), BitsPerComponent=luck.choice([1, 2, 4, 8, 16, 3, 0]),
        ColorSpace=luck.choice([Name.DeviceRGB, Name.DeviceGray, Name.DeviceCMYK, indexed, profiled]),
    )  # fmt: skip
    if luck.random() < 0.4:
        image.Decode = _many(luck, 1, 2, 6)
    if luck.random() < 0.4:
        image.Filter = luck.choice(_FILTERS)
    if luck.random() < 0.3:
        image.DecodeParms = Dictionary(
            Predictor=luck.choice([2, 10, 15, 99]), Columns=luck.choice([0, 1, 10**6, -1]),
            Colors=luck.choice([0, 1, 9999]), BitsPerComponent=luck.choice([0, 8, 32]), K=luck.choice([-1, 0, 1]),
        )  # fmt: skip
    wide, high = _many(luck, 2)
    return Dictionary(XObject=Dictionary(I=image)), f"q {wide} 0 0 {high} 0 0 cm /I Do Q"


def _shade(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    function = Dictionary(
        FunctionType=luck.choice([2, 3]), Domain=_many(luck, 2), N=luck.choice(_NUMBERS), C0=_many(luck, 1),
        C1=_many(luck, 1), Functions=Array([]), Bounds=Array([]), Encode=Array([]),
    )  # fmt: skip
    said: dict[str, Any] = {
        "ShadingType": luck.randrange(1, 8), "ColorSpace": Name.DeviceRGB, "Coords": _many(luck, 4, 6, 3),
        "Function": function, "Extend": Array([True, True]), "BitsPerCoordinate": luck.choice([0, 8, 33]),
        "BitsPerComponent": luck.choice([0, 8]), "BitsPerFlag": luck.choice([0, 2, 8]), "Decode": _many(luck, 6),
    }  # fmt: skip
    mesh = luck.random() < 0.6
    shade = pdf.make_stream(_noise(luck, 60), **said) if mesh else Dictionary(**said)
    return Dictionary(Shading=Dictionary(S=shade)), "/S sh"


def _lines(_: Any, __: Any, luck: random.Random) -> tuple[Dictionary, str]:
    form = "{} {} {} {} re {} w [{} {}] {} d S {} {} m {} {} {} {} {} {} c f"
    return Dictionary(), form.format(*(luck.choice(_NUMBERS) for _ in range(16)))


def _font(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    kind = luck.choice([Name.Type1, Name.TrueType, Name.Type0, Name.Type3, Name.MMType1])
    about = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Foo, Flags=4, FontFile2=pdf.make_stream(_noise(luck, 200))
    )
    font = Dictionary(
        Type=Name.Font, Subtype=kind, BaseFont=Name.Foo, FirstChar=luck.choice([0, 300, -1]),
        LastChar=luck.choice([0, 255, -5]), Widths=_many(luck, 1), FontMatrix=_many(luck, 6, 2),
        FontBBox=_many(luck, 4), CharProcs=Dictionary(),
        Encoding=luck.choice([Name.WinAnsiEncoding, Dictionary(Differences=Array([300, Name.a, -1, Name.b]))]),
    )  # fmt: skip
    if luck.random() < 0.6:
        font.FontDescriptor = about
    if kind == Name.Type0:
        ordering = Dictionary(Registry="A", Ordering="I", Supplement=0)
        font.DescendantFonts = Array([Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Foo, CIDSystemInfo=ordering, W=_many(luck, 3),
            DW=luck.choice(_NUMBERS), FontDescriptor=about,
        )])  # fmt: skip
    size, left, up, between = _many(luck, 4)
    return (
        Dictionary(Font=Dictionary(F=font)),
        f"BT /F {size} Tf {left} {up} Td (abc\\377) Tj [(a) {between} (b)] TJ ET",
    )


def _form(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    """It draws itself, and is its own mask."""
    form = pdf.make_stream(
        b"/X Do 0 0 10 10 re f", Type=Name.XObject, Subtype=Name.Form, BBox=_many(luck, 4), Matrix=_many(luck, 6, 3)
    )
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    form.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)
    state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=form), ca=luck.choice(_NUMBERS), BM=Name.Foo)
    return Dictionary(XObject=Dictionary(X=form), ExtGState=Dictionary(G=state)), "/G gs /X Do"


def _pattern(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    tile = pdf.make_stream(
        b"0 0 1 1 re f", Type=Name.Pattern, PatternType=1, PaintType=luck.choice([1, 2, 3]), TilingType=1,
        BBox=_many(luck, 4), XStep=luck.choice(_NUMBERS), YStep=luck.choice(_NUMBERS), Resources=Dictionary(),
        Matrix=_many(luck, 6),
    )  # fmt: skip
    return Dictionary(Pattern=Dictionary(P=tile)), "/Pattern cs /P scn 0 0 500 500 re f"


def _edges(_: Any, page: Any, luck: random.Random) -> tuple[Dictionary, str]:
    page.MediaBox, page.CropBox, page.Rotate = _many(luck, 4), _many(luck, 4), luck.choice([90, 45, -90, 10**9])
    if luck.random() < 0.5:
        page.UserUnit = luck.choice(_NUMBERS)
    return Dictionary(), "0 0 10 10 re f"


def _colours(pdf: Any, _: Any, luck: random.Random) -> tuple[Dictionary, str]:
    program = b"{ dup 0 div " + b"pop " * 50 + b"}"
    reckons = pdf.make_stream(program, FunctionType=4, Domain=Array([0, 1] * 40), Range=Array([0, 1] * 4))
    spaces = Dictionary(
        C=Array([Name.Separation, Name.Foo, luck.choice([Name.DeviceRGB, Name.Lab]), Dictionary(FunctionType=4)]),
        L=Array([Name.Lab, Dictionary(WhitePoint=_many(luck, 3), Range=_many(luck, 4))]),
        V=Array([Name.DeviceN, Array([Name.a] * 40), Name.DeviceCMYK, reckons]),
    )
    values = " ".join(str(luck.choice(_NUMBERS)) for _ in range(luck.choice([1, 3, 40])))
    return Dictionary(ColorSpace=spaces), f"/{luck.choice('CLV')} cs {values} scn 0 0 100 100 re f"


_KINDS = (_picture, _shade, _lines, _font, _form, _pattern, _edges, _colours)
