"""The town's own look as files: its colours and its logo. Inline styles are not allowed."""

import hashlib

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from shared.town import Town
from shared.web.assets import REVALIDATE, TYPES
from shared.web.parts import part_of
from shared.web.problem import Problem

router = APIRouter(prefix="/static/shared", include_in_schema=False)


def mix(colour: str, other: str, fraction: float) -> str:
    """`colour` mixed with a fraction (0–1) of `other`; both are `#rrggbb`."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * fraction):02x}" for a, b in pairs)


def brand_css(town: Town) -> str:
    """The branding as custom properties; tints are made here so that old browsers need no `color-mix`."""
    primary, accent = town.branding.primary, town.branding.accent
    properties = {
        "--brand": primary,
        "--brand-dark": mix(primary, "#000000", 0.25),
        "--brand-soft": mix(primary, "#ffffff", 0.90),
        "--brand-line": mix(primary, "#ffffff", 0.70),
        "--accent": accent,
        "--accent-soft": mix(accent, "#ffffff", 0.88),
    }
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in properties.items()) + "}\n"


class Brand:
    """A town's stylesheet, made once at start."""

    def __init__(self, town: Town) -> None:
        self.css = brand_css(town)

    @property
    def css_url(self) -> str:
        return "/static/shared/brand.css?v=" + etag(self.css).strip('"')


def etag(content: bytes | str) -> str:
    """The content's entity tag: 80 bits of its SHA-256, in quotes."""
    raw = content.encode() if isinstance(content, str) else content
    return f'"{hashlib.sha256(raw).hexdigest()[:20]}"'


def answer_cached(request: Request, content: str, kind: str) -> Response:
    """A text that may change with the profile: the browser keeps it and asks."""
    headers = {"Cache-Control": REVALIDATE, "ETag": etag(content)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


@router.get("/brand.css")
async def css(request: Request) -> Response:
    return answer_cached(request, part_of(request, Brand).css, "text/css")


@router.get("/logo")
async def logo(request: Request) -> Response:
    town = part_of(request, Town)
    return town_file(town, town.branding.logo)


def town_file(town: Town, name: str | None) -> Response:
    """A file that the profile names; 404 for any other."""
    path = town.directory / name if name else None
    if path is None or not path.is_file() or path.suffix not in TYPES:
        raise Problem(404, "http-404")
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"Cache-Control": "public, max-age=3600"})
