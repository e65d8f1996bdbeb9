"""A plot and what is proposed on it, drawn from above: for paper, and for readers without scripts or WebGL; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shapely import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from services.permits.domain.application import Application
from services.permits.domain.completeness import site_of
from services.permits.domain.footprint import Plane, Position
from services.permits.domain.survey import Parcel
from shared.town import Town

AROUND = 15.0  # metres that are shown around the plot and the shadow
_MOST = 120.0  # metres from the middle: the shadow of a tall building at dawn would make the plot a dot


@dataclass(frozen=True)
class Drawing:
    """Paths by what they are, and the length of the scale; y grows to the south, as a picture's does."""

    view: str
    paths: tuple[tuple[str, str], ...]
    unit: float  # a metre's share of the picture, for widths of lines
    scale_m: int
    corner: tuple[float, float]  # where the scale stands

    @property
    def kinds(self) -> list[str]:
        """What a legend has to explain."""
        found = {kind for kind, _ in self.paths}
        return [kind for kind in ("plot", "theirs", "mass", "shadow", "building", "road") if kind in found]


_INK = {  # as paper takes it: told apart in grey too
    "road": "fill='#fff' stroke='#999'",
    "parcel": "fill='none' stroke='#999'",
    "building": "fill='#ccc' stroke='#777'",
    "plot": "fill='none' stroke='#000' stroke-width='2'",
    "theirs": "fill='none' stroke='#000' stroke-dasharray='4 2'",
    "mass": "fill='#666' stroke='#000'",
}


def on_paper(drawing: Drawing, scale: str) -> bytes:
    """As a picture for a document; `scale`: the words at its scale."""
    west, north, wide, high = drawing.view.split()
    unit, (x, y) = drawing.unit, drawing.corner
    drawn = "".join(
        f"<path d='{path}' fill-rule='evenodd' vector-effect='non-scaling-stroke' {_INK[kind]}/>"
        for kind, path in drawing.paths
        if kind in _INK
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{drawing.view}'>"
        f"<rect x='{west}' y='{north}' width='{wide}' height='{high}' fill='#f2f2f2'/>{drawn}"
        f"<path d='M{x} {y}h{drawing.scale_m}' stroke='#000' stroke-width='{unit * 4:.2f}'/>"
        f"<text x='{x}' y='{y - unit * 8:.2f}' font-family='Sarabun' font-size='{unit * 18:.2f}'>{scale}</text></svg>"
    ).encode()


def draw_application(application: Application, town: Town, theirs: Polygon | None = None) -> Drawing | None:
    """The plot of an application and its footprint; None where neither is known. `theirs`: the plot of whoever is asked
    about it."""
    where, site = application.location, site_of(application, town)
    mass = Polygon(where.footprint) if where.footprint else None
    if mass is None and site.parcel is None:
        return None
    return draw(town, site.parcel, mass, None, (where.longitude, where.latitude), theirs)


def draw(
    town: Town,
    parcel: Parcel | None,
    mass: Polygon | None,
    shadow: BaseGeometry | None,
    middle: Position,
    theirs: Polygon | None = None,
) -> Drawing:
    """Roads, parcels and buildings around, the plot, what is proposed, and its shadow; north is above."""
    plane = Plane(*middle)
    own = [plane.flat(shape) for shape in (parcel.shape if parcel else None, mass, shadow, theirs) if shape]
    west, south, east, north = _choose_frame(own)
    frame = box(west, south, east, north)
    corners = plane.degrees(frame).bounds
    shown: list[tuple[str, BaseGeometry]] = []
    for index in town.ground.within("roads", corners):
        road = town.ground.roads[index]
        shown.append(("road", plane.flat(road.shape).buffer(road.width_m / 2, cap_style="flat")))
    shown += [("parcel", plane.flat(town.ground.parcels[at].shape)) for at in town.ground.within("parcels", corners)]
    shown += [("theirs", plane.flat(theirs))] if theirs else []
    shown += [
        ("building", plane.flat(town.ground.buildings[at].shape)) for at in town.ground.within("buildings", corners)
    ]
    shown += [("plot", plane.flat(parcel.shape))] if parcel else []
    shown += [("shadow", plane.flat(shadow))] if shadow else []
    shown += [("mass", plane.flat(mass))] if mass else []
    paths = tuple((kind, _write_path(shape.intersection(frame))) for kind, shape in shown)
    wide = east - west
    return Drawing(
        view=f"{west:.2f} {-north:.2f} {wide:.2f} {north - south:.2f}",
        paths=tuple((kind, path) for kind, path in paths if path),
        unit=round(wide / 360, 3),
        scale_m=10 if wide < 150 else 50,
        corner=(round(west + wide * 0.04, 2), round(-south - wide * 0.04, 2)),
    )


def _choose_frame(shapes: list[BaseGeometry]) -> tuple[float, float, float, float]:
    """Four to three around all of them, not larger than `_MOST` to each side."""
    edges = [shape.bounds for shape in shapes] or [Point(0, 0).buffer(30).bounds]
    west, south = (max(min(edge[at] for edge in edges) - AROUND, -_MOST) for at in (0, 1))
    east, north = (min(max(edge[at] for edge in edges) + AROUND, _MOST) for at in (2, 3))
    wide = max(east - west, (north - south) * 4 / 3)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - wide * 3 / 8, x + wide / 2, y + wide * 3 / 8


def _write_path(shape: BaseGeometry) -> str:
    return "".join(
        "M" + "L".join(f"{x:.2f} {-y:.2f}" for x, y, *_ in ring.coords) + "z"
        for polygon in _list_polygons(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    )


def _list_polygons(shape: BaseGeometry) -> Iterator[Polygon]:
    if isinstance(shape, Polygon):
        yield from [] if shape.is_empty else [shape]
    for part in getattr(shape, "geoms", ()):
        yield from _list_polygons(part)
