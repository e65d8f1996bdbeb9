"""Cuts features into tiles and writes them as one PMTiles file."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import floor
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely import affinity, clip_by_rect
from shapely.geometry.base import BaseGeometry

from tools.town_map import mercator, schema, tile
from tools.town_map.extract import Box
from tools.town_map.features import Feature

LAYERS = ("land", "water", "buildings", "roads", "labels")  # as they are drawn, the lowest first
_MARGIN = 64  # of the grid, around each tile, so that no line ends at an edge
_FINEST = 4  # of the grid: 0.1 mm on a screen
Address = tuple[int, int, int]  # zoom, x, y
Cut = dict[Address, dict[str, tile.Layer]]


def write(path: Path, found: Iterable[Feature], box: Box, about: dict[str, str]) -> int:
    """The file, and how many tiles it has. `about`: name, attribution and the like, for whoever opens it."""
    tiles = _cut(found)
    with path.open("wb") as out:
        writer = Writer(out)
        for address in sorted(tiles, key=lambda at: zxy_to_tileid(*at)):
            layers = [tiles[address][name] for name in LAYERS if name in tiles[address]]
            writer.write_tile(zxy_to_tileid(*address), gzip.compress(tile.encode(layers), mtime=0))
        writer.finalize(_header(box), _metadata(about))
    return len(tiles)


def _cut(found: Iterable[Feature]) -> Cut:
    tiles: Cut = defaultdict(dict)
    for one in found:
        geometry = mercator.to_world(one.geometry)
        for zoom in range(min(one.kind.zoom, schema.LAST_ZOOM), schema.LAST_ZOOM + 1):
            for x, y, piece in _pieces(geometry, zoom):
                layers = tiles[zoom, x, y]
                layers.setdefault(one.kind.layer, tile.Layer(one.kind.layer)).add(piece, _attributes(one))
    return {address: layers for address, layers in tiles.items() if any(one.features for one in layers.values())}


def _pieces(geometry: BaseGeometry, zoom: int) -> Iterator[tuple[int, int, BaseGeometry]]:
    """A geometry's part of each tile it touches, in that tile's grid."""
    side = tile.EXTENT * 2**zoom
    fine = geometry.simplify((1 if zoom == schema.LAST_ZOOM else _FINEST) / side)
    if fine.is_empty:
        return
    left, top, right, bottom = (floor(edge * 2**zoom) for edge in fine.bounds)
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            here = affinity.affine_transform(fine, [side, 0, 0, side, -x * tile.EXTENT, -y * tile.EXTENT])
            piece = clip_by_rect(here, -_MARGIN, -_MARGIN, tile.EXTENT + _MARGIN, tile.EXTENT + _MARGIN)
            if not piece.is_empty:
                yield x, y, piece


def _attributes(one: Feature) -> dict[str, tile.Value]:
    named: dict[str, tile.Value] = {"kind": one.kind.name, "rank": one.kind.rank}
    named |= {"th": one.names.th, "en": one.names.en, "ref": one.ref}
    return {name: value for name, value in named.items() if value}


def _header(box: Box) -> dict[str, Any]:
    west, south, east, north = (round(edge * 1e7) for edge in box)
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_lon_e7": (west + east) // 2, "center_lat_e7": (south + north) // 2, "center_zoom": 13,
    }  # fmt: skip


def _metadata(about: dict[str, str]) -> dict[str, Any]:
    fields = {"kind": "String", "th": "String", "en": "String", "ref": "String", "rank": "Number"}
    return about | {"vector_layers": [{"id": name, "fields": fields} for name in LAYERS]}
