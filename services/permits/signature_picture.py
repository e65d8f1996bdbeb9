"""A scanned signature, cut out of what its owner sent: the ink alone, on nothing, so that it lies on a letter as if it
had been written there."""

import asyncio
from io import BytesIO
from pathlib import Path

from PIL import Image

from shared.files.documents import claim_of, judge_file
from shared.files.scanner import Scanner
from shared.kernel import Reject

BYTES_MOST = 5 * 1024 * 1024
_PICTURES = ("image/jpeg", "image/png")
_INK = 48  # of 255: darker than the paper by so much; shadows of a folded sheet are paler
_WIDEST, _HIGHEST = 1200, 400  # pixels kept: 4.4 cm on the letter at 690 dots an inch
_LEAST = (60, 15)  # pixels of ink: anything smaller is a dot, or a signature on a photo of the whole desk
_FULL = 0.6  # of what is cut out: a photo or a black sheet has more ink than any signature


async def cut_out(file: Path, scanner: Scanner) -> bytes:
    """The ink as PNG. `Reject` for what is no picture, and for a picture without a signature."""
    kind, _ = await claim_of(file)
    if kind not in _PICTURES:
        raise Reject("no-picture", "send the signature as JPEG or PNG", status=415)
    async with judge_file(file, scanner) as sound:
        return await asyncio.to_thread(_cut_out, sound.path)


def _cut_out(file: Path) -> bytes:
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    grey = picture.convert("L")
    paper = _find_median(grey)
    ink = grey.point([255 if level < paper - _INK else 0 for level in range(256)])
    around = ink.getbbox()
    if around is None or around[2] - around[0] < _LEAST[0] or around[3] - around[1] < _LEAST[1]:
        raise Reject(
            "no-signature", "no signature is seen in the picture: sign on white paper and scan it close by", status=422
        )
    drawn = ink.crop(around)
    if sum(drawn.histogram()[255:]) > _FULL * drawn.width * drawn.height:
        raise Reject("no-signature", "the picture shows more than a signature on white paper", status=422)
    # Thin strokes fade into the paper: how much darker than it a point is, so much of it is seen.
    seen = grey.crop(around).point([min(255, max(0, (paper - level) * 2)) for level in range(256)])
    cut = picture.crop(around)
    cut.putalpha(seen)
    cut.thumbnail((_WIDEST, _HIGHEST))
    out = BytesIO()
    cut.save(out, "PNG")
    return out.getvalue()


def _find_median(grey: Image.Image) -> int:
    """The level of the paper: most of a sheet is that."""
    half, seen = grey.width * grey.height / 2, 0
    for level, count in enumerate(grey.histogram()):
        seen += count
        if seen >= half:
            return level
    return 255
