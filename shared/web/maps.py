"""What every map of every service needs: the town's map as files, its settings for the scripts, and the search."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import FileResponse, Response

from shared.maps import coordinates, files
from shared.maps.gazetteer import Entry, Gazetteer
from shared.maps.picture import Painter
from shared.town import Town
from shared.web.assets import REVALIDATE, TYPES, YEAR, Assets
from shared.web.brand import answer_cached, etag, town_file
from shared.web.language import language_of
from shared.web.limits import rate_limit
from shared.web.parts import part_of
from shared.web.problem import Problem

router = APIRouter(include_in_schema=False)
_KINDS = {files.TILES: "application/vnd.pmtiles", files.OVERVIEW: TYPES[".svg"], files.PLACES: TYPES[".geojson"]}
_FILES = {name.removeprefix(f"{files.FOLDER}/"): name for name in _KINDS}


class Maps:
    """A town's map, read once at start."""

    def __init__(self, town: Town, assets: Assets) -> None:
        self.town = town
        self.gazetteer = Gazetteer(town)
        self.outline = _outline(town)
        self.picture = Painter(town).draw
        self.overview_url = _file_url(town, files.OVERVIEW)
        self.settings = self._settings(assets)

    @property
    def outline_url(self) -> str:
        return "/static/shared/town.geojson?v=" + etag(self.outline).strip('"')

    def _settings(self, assets: Assets) -> dict[str, Any]:
        """For map/engine.mjs; the same in every language."""
        town, base = self.town, self.town.map
        return {
            "bounds": [town.bounds.west, town.bounds.south, town.bounds.east, town.bounds.north],
            "centre": [town.centre.longitude, town.centre.latitude],
            "outline": self.outline_url,
            "layers": [f"/static/shared/layers/{layer.code}.geojson" for layer in town.layers],
            "vector": _file_url(town, files.TILES) if base and not base.tiles else None,
            "pictures": {"address": base.tiles, "maxZoom": base.tiles_max_zoom} if base and base.tiles else None,
            "attribution": [*([base.attribution] if base else []), *(layer.attribution for layer in town.layers)],
            "icons": assets.url("shared", "icons.svg"),
            "fonts": {weight: _font_urls(assets, weight) for weight in (400, 600)},
        }


def _file_url(town: Town, name: str) -> str | None:
    """With the file's hash, so that it may be cached for a year; None when the town has no such file."""
    path = town.directory / name
    if not path.is_file():
        return None
    return f"/static/shared/town/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def _font_urls(assets: Assets, weight: int) -> dict[str, str]:
    return {
        script: assets.url("shared", f"fonts/sarabun-{script}-{weight}-normal.woff2") for script in ("thai", "latin")
    }


def _outline(town: Town) -> str:
    """The town's zones as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": zone.code, "th": zone.name.th, "en": zone.name.en, "approximate": zone.approximate},
            "geometry": {"type": "MultiPolygon", "coordinates": zone.polygons},
        }
        for zone in town.zones
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


@router.get("/static/shared/town.geojson")
async def zones(request: Request) -> Response:
    return answer_cached(request, part_of(request, Maps).outline, TYPES[".geojson"])


@router.get("/static/shared/layers/{code}.geojson")
async def layer(request: Request, code: str) -> Response:
    town = part_of(request, Town)
    return town_file(town, next((layer.file for layer in town.layers if layer.code == code), None))


@router.get("/static/shared/town/{name}")
async def map_file(request: Request, name: str) -> Response:
    """The map's own files; of the tiles a browser asks for a few kilobytes at a time (Range)."""
    path = part_of(request, Town).directory / _FILES.get(name, "")
    if name not in _FILES or not path.is_file():
        raise Problem(404, "http-404")
    cache = YEAR if "v" in request.query_params else REVALIDATE
    return FileResponse(path, media_type=_KINDS[_FILES[name]], headers={"Cache-Control": cache})


@router.get("/api/v1/places", dependencies=[Depends(rate_limit("places", per_minute=120, burst=40))])
async def places(request: Request, q: Annotated[str, Query(max_length=coordinates.MOST)] = "") -> dict[str, Any]:
    """Places by what people call them, and one by pasted degrees. `unreadable`: a short link must be opened first."""
    found = part_of(request, Maps).gazetteer.search(q)
    items = [_item(entry, language_of(request)) for entry in found.entries]
    if found.point:
        latitude, longitude = found.point
        place = {"latitude": latitude, "longitude": longitude}
        items = [{"kind": "point", "name": f"{latitude:.5f}, {longitude:.5f}", **place}]
    return {"items": items, "unreadable": found.unreadable}


def _item(entry: Entry, language: str) -> dict[str, Any]:
    place = {"kind": entry.kind, "name": entry.name(language), "latitude": entry.latitude, "longitude": entry.longitude}
    return place | ({"box": entry.box} if entry.box else {})
