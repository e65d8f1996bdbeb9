"""The app's icons as PNG, for home screens that take no SVG; in the town's colour, so that no town must draw them."""

import asyncio
import io
from functools import lru_cache

from fastapi import APIRouter, Request, Response
from PIL import Image, ImageDraw

from shared.web import Problem, web_of

router = APIRouter(include_in_schema=False)
SIZES = (180, 192, 512)
UNITS = 32  # the mark's own grid, as in shared/web/static/mark.svg
FINE = 3  # drawn this much larger and then reduced, so that edges are smooth
SAFE = 0.72  # of a maskable icon, around which a phone may cut a circle


@router.get("/icons/{name}.png")
async def icon(request: Request, name: str) -> Response:
    """`192`, or `maskable-512`: to its edges in the town's colour."""
    size = name.removeprefix("maskable-")
    if size not in map(str, SIZES):
        raise Problem(404, "http-404")
    colour = web_of(request).town.branding.primary
    png = await asyncio.to_thread(draw_icon, colour, int(size), maskable=size != name)  # a second of work
    return Response(png, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@lru_cache(maxsize=2 * len(SIZES))
def draw_icon(colour: str, size: int, *, maskable: bool = False) -> bytes:
    """The pin with its tick on the town's colour."""
    side = size * FINE
    picture = Image.new("RGBA", (side, side), colour if maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    scale = side / UNITS * (SAFE if maskable else 1)
    shift = side * (1 - SAFE) / 2 if maskable else 0

    def at(*grid: float) -> list[float]:
        return [shift + value * scale for value in grid]

    if not maskable:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), 8 * scale, colour)
    pen.ellipse(at(8, 6, 24, 22), "white")
    pen.polygon(at(9.2, 18.2, 22.8, 18.2, 16, 26), "white")
    pen.line(at(12.3, 13.9, 15, 16.6, 19.8, 11.6), colour, round(2.4 * scale), joint="curve")
    out = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
