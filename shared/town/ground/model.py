"""Parcels, roads and buildings in degrees of WGS 84, with an index each; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shapely import LineString, Point, Polygon, STRtree, box
from shapely.geometry.base import BaseGeometry

from shared.words.fold import plain_digits

Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class Parcel:
    """A plot of land as the land office numbers it."""

    deed_number: str
    shape: Polygon


@dataclass(frozen=True)
class Road:
    """A public road by its middle line."""

    code: str
    width_m: float
    shape: LineString
    name: dict[str, str] = field(default_factory=dict)  # by language; empty for a road without one


@dataclass(frozen=True)
class Building:
    """What stands there: its outline on the ground, and how high it is."""

    code: str
    height_m: float
    shape: Polygon
    storeys: int | None = None
    use: str = ""


class Ground:
    """The layers of one town."""

    def __init__(
        self, parcels: Sequence[Parcel] = (), roads: Sequence[Road] = (), buildings: Sequence[Building] = ()
    ) -> None:
        self.parcels, self.roads, self.buildings = tuple(parcels), tuple(roads), tuple(buildings)

    @cached_property
    def _by_deed(self) -> dict[str, Parcel]:
        return {plain_digits(parcel.deed_number).strip(): parcel for parcel in self.parcels}

    @cached_property
    def _trees(self) -> dict[str, STRtree]:
        layers: dict[str, Sequence[Parcel | Road | Building]] = {
            "parcels": self.parcels,
            "roads": self.roads,
            "buildings": self.buildings,
        }
        return {name: STRtree([one.shape for one in layer]) for name, layer in layers.items()}

    def parcel_of(self, deed_number: str) -> Parcel | None:
        """The parcel of a land deed, in whichever digits its number is written."""
        return self._by_deed.get(plain_digits(deed_number).strip())

    def parcel_at(self, latitude: float, longitude: float) -> Parcel | None:
        """The parcel that holds a place; of two that share a border, the first."""
        found = self._trees["parcels"].query(Point(longitude, latitude), predicate="intersects")
        return self.parcels[min(found)] if len(found) else None

    def roads_near(self, shape: BaseGeometry, degrees: float) -> list[Road]:
        """The roads that pass a shape this near."""
        found = self._trees["roads"].query(shape, predicate="dwithin", distance=degrees)
        return [self.roads[index] for index in sorted(found)]

    def within(self, layer: str, corners: Box) -> list[int]:
        """Where in a layer the things stand that reach into a box."""
        return sorted(int(index) for index in self._trees[layer].query(box(*corners), predicate="intersects"))
