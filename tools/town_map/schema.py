"""What of OpenStreetMap a town's map shows: which tags make which layer and kind, and from which zoom on.

The style of the pages (shared/web/static/map/style.mjs) reads these layers and kinds, so both change together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Tags = Mapping[str, str]

FIRST_ZOOM: Final = 10  # a whole town on a phone
LAST_ZOOM: Final = 15  # nearer than this the browser enlarges: a tile's grid is 0.3 m wide then
_THAI: Final = re.compile(r"[\u0e00-\u0e7f]")


@dataclass(frozen=True)
class Kind:
    """How an object is drawn. `rank`: of labels, 1 before all others."""

    layer: str
    name: str
    zoom: int
    rank: int = 0


@dataclass(frozen=True)
class Names:
    """An object's name as each language's readers call it; empty where nobody has written it down."""

    th: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.th or self.en)


_ROADS: Final = {
    "motorway": ("main", 10), "trunk": ("main", 10), "primary": ("main", 10),
    "secondary": ("medium", 11), "tertiary": ("medium", 11),
    "unclassified": ("street", 12), "residential": ("street", 12), "living_street": ("street", 12),
    "road": ("street", 12), "pedestrian": ("street", 13),
    "service": ("lane", 13), "track": ("lane", 13),
    "footway": ("path", 15), "path": ("path", 14), "cycleway": ("path", 14), "steps": ("path", 15),
}  # fmt: skip
_WATERWAYS: Final = {"river": 10, "canal": 12, "stream": 13, "ditch": 14, "drain": 14}
_LAND: Final = {
    ("landuse", "residential"): ("built", 10), ("landuse", "commercial"): ("built", 10),
    ("landuse", "retail"): ("built", 10), ("landuse", "industrial"): ("built", 10),
    ("landuse", "farmland"): ("farm", 10), ("landuse", "orchard"): ("farm", 11), ("landuse", "paddy"): ("farm", 10),
    ("landuse", "forest"): ("green", 10), ("natural", "wood"): ("green", 10), ("natural", "scrub"): ("green", 11),
    ("landuse", "grass"): ("grass", 13), ("landuse", "meadow"): ("grass", 11),
    ("landuse", "recreation_ground"): ("grass", 12), ("landuse", "cemetery"): ("grass", 12),
    ("leisure", "park"): ("grass", 11), ("leisure", "garden"): ("grass", 13), ("leisure", "pitch"): ("grass", 14),
    ("leisure", "playground"): ("grass", 14), ("leisure", "golf_course"): ("grass", 11),
    ("aeroway", "aerodrome"): ("airfield", 10), ("aeroway", "runway"): ("runway", 11),
    ("aeroway", "apron"): ("runway", 12),
    ("amenity", "school"): ("grounds", 13), ("amenity", "university"): ("grounds", 12),
    ("amenity", "college"): ("grounds", 13), ("amenity", "kindergarten"): ("grounds", 14),
    ("amenity", "hospital"): ("grounds", 13), ("amenity", "place_of_worship"): ("grounds", 13),
    ("amenity", "marketplace"): ("grounds", 14), ("amenity", "parking"): ("grounds", 15),
}  # fmt: skip
# The tags of a point (or of the middle of an area): the kind that names its icon, and its rank.
_LANDMARKS: Final = {
    ("amenity", "place_of_worship"): ("temple", 1), ("amenity", "school"): ("school", 1),
    ("amenity", "university"): ("school", 1), ("amenity", "college"): ("school", 1),
    ("amenity", "kindergarten"): ("school", 2), ("amenity", "hospital"): ("hospital", 1),
    ("amenity", "clinic"): ("hospital", 2), ("amenity", "marketplace"): ("market", 1),
    ("amenity", "townhall"): ("office", 1), ("amenity", "police"): ("office", 1),
    ("amenity", "fire_station"): ("office", 1), ("amenity", "post_office"): ("office", 2),
    ("amenity", "community_centre"): ("office", 2), ("amenity", "library"): ("office", 2),
    ("amenity", "bank"): ("shop", 3), ("amenity", "fuel"): ("shop", 3), ("amenity", "bus_station"): ("transport", 1),
    ("amenity", "restaurant"): ("food", 4), ("amenity", "cafe"): ("food", 4), ("amenity", "bar"): ("food", 4),
    ("aeroway", "aerodrome"): ("transport", 1), ("leisure", "park"): ("park", 2), ("leisure", "stadium"): ("park", 2),
    ("leisure", "sports_centre"): ("park", 3), ("tourism", "museum"): ("sight", 2),
    ("tourism", "attraction"): ("sight", 4), ("tourism", "hotel"): ("lodging", 4),
    ("tourism", "guest_house"): ("lodging", 4), ("historic", "monument"): ("sight", 2),
}  # fmt: skip
_SETTLEMENTS: Final = {"town": 10, "suburb": 11, "village": 11, "neighbourhood": 13, "hamlet": 12, "quarter": 13}
_ANY_LANDMARK: Final = {"shop": ("shop", 4), "office": ("office", 4)}  # whatever the tag's value is
_RANK_ZOOM: Final = {1: 13, 2: 14, 3: 15, 4: 15}
KEYS: Final = ("highway", "railway", "waterway", "building", "landuse", "natural", "leisure", "amenity", "aeroway",
               "place", "shop", "office", "tourism", "historic")  # fmt: skip


def names(tags: Tags) -> Names:
    """What people call it; `name` is in whichever language its letters are."""
    name = tags.get("name", "")
    local = name if _THAI.search(name) else ""
    return Names(tags.get("name:th") or local, tags.get("name:en") or tags.get("int_name") or ("" if local else name))


def of_line(tags: Tags) -> Kind | None:
    """Roads, rails and streams."""
    if road := _ROADS.get(tags.get("highway", "").removesuffix("_link")):
        return Kind("roads", *road)
    if tags.get("railway") == "rail":
        return Kind("roads", "rail", 11)
    if (zoom := _WATERWAYS.get(tags.get("waterway", ""))) is not None:
        return Kind("water", tags["waterway"], zoom)
    return Kind("roads", "runway", 12) if tags.get("aeroway") in ("runway", "taxiway") else None


def of_area(tags: Tags) -> Kind | None:
    """Water, buildings and what the land is used for."""
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "reservoir":
        return Kind("water", "lake", 10)
    if tags.get("building", "no") != "no":
        return Kind("buildings", "building", 14)
    return next((Kind("land", *land) for pair in tags.items() if (land := _LAND.get(pair))), None)


def of_label(tags: Tags) -> Kind | None:
    """Settlements and landmarks; only what has a name helps anybody to find their way."""
    if not names(tags):
        return None
    if (zoom := _SETTLEMENTS.get(tags.get("place", ""))) is not None:
        return Kind("labels", "settlement", zoom, 1)
    found = next((mark for pair in tags.items() if (mark := _LANDMARKS.get(pair))), None)
    found = found or next((mark for key in tags if (mark := _ANY_LANDMARK.get(key))), None)
    return Kind("labels", found[0], _RANK_ZOOM[found[1]], found[1]) if found else None
