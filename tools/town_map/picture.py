"""The town in one picture, for readers whose browser draws no map: SVG, as wide as the town's bounds.

Its colours are those of map/style.mjs; names and pins are laid over it by the page (shared/maps/picture.py).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from shapely.geometry.base import BaseGeometry

from shared.maps.picture import WIDTH, Frame
from tools.town_map.extract import Box
from tools.town_map.features import Feature

_FINE: Final = 0.35  # of the picture's units: what a phone cannot show
# In the order of drawing: layer and kind, then how it is drawn.
_LOOKS: Final = {
    ("land", "built"): 'fill="#f0ede6"', ("land", "farm"): 'fill="#eef3dc"', ("land", "green"): 'fill="#d3e6c8"',
    ("land", "grass"): 'fill="#dcedcf"', ("land", "airfield"): 'fill="#e6e6ee"', ("land", "runway"): 'fill="#d4d4de"',
    ("water", "lake"): 'fill="#aad3df"',
    ("water", "river"): 'fill="none" stroke="#aad3df" stroke-width="4"',
    ("water", "canal"): 'fill="none" stroke="#aad3df" stroke-width="2"',
    ("roads", "street"): 'fill="none" stroke="#fff" stroke-width="1.6"',
    ("roads", "medium"): 'fill="none" stroke="#fbe6a8" stroke-width="3"',
    ("roads", "main"): 'fill="none" stroke="#f6c877" stroke-width="4"',
    ("roads", "rail"): 'fill="none" stroke="#9a9a9a" stroke-width="1.5" stroke-dasharray="5 3"',
}  # fmt: skip

_EDGES: Final = {
    ("roads", "street"): 'fill="none" stroke="#c4bcae" stroke-width="2.6"',
    ("roads", "medium"): 'fill="none" stroke="#d9bd6a" stroke-width="4"',
    ("roads", "main"): 'fill="none" stroke="#d59a3c" stroke-width="5"',
}


def draw(found: Iterable[Feature], box: Box) -> str:
    """The picture's text."""
    frame = Frame.of(box)
    paths: dict[tuple[str, str], list[str]] = {look: [] for look in _LOOKS}
    for one in found:
        look = (one.kind.layer, one.kind.name)
        if look in paths:
            paths[look] += _subpaths(one.geometry.simplify(_FINE / frame.scale), frame)
    body = "".join(_path(look, "".join(parts)) for look, parts in paths.items() if parts)
    size = f'width="{WIDTH}" height="{frame.height:.0f}" viewBox="0 0 {WIDTH} {frame.height:.1f}"'
    ground = '<rect width="100%" height="100%" fill="#f7f5f0"/>'
    lines = '<g stroke-linecap="round" stroke-linejoin="round">'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{lines}{body}</g></svg>\n'


def _path(look: tuple[str, str], line: str) -> str:
    """A road has an edge, or it would not be seen on light ground: the same line, first wider and darker."""
    if look not in _EDGES:
        return f'<path {_LOOKS[look]} d="{line}"/>'
    name = look[1]
    drawn = f'<path id="{name}" d="{line}"/>'
    return f'<defs>{drawn}</defs><use href="#{name}" {_EDGES[look]}/><use href="#{name}" {_LOOKS[look]}/>'


def _subpaths(geometry: BaseGeometry, frame: Frame) -> Iterator[str]:
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield _line(ring.coords, frame) + "z"
        elif part.geom_type == "LineString" and not part.is_empty:
            yield _line(part.coords, frame)


def _line(places: Iterable[tuple[float, ...]], frame: Frame) -> str:
    return "M" + "L".join("{:.1f} {:.1f}".format(*frame.spot(*at[:2])) for at in places)
