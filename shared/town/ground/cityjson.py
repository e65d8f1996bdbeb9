"""Buildings out of CityJSON 1.0 to 2.0: a block each, its outline on the ground and its height.

Any solid or surface will do: what lies under it seen from above is the outline. A building with parts stands for them,
as a survey measures the parts and names the whole.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.town.ground.cityjson_shapes import CityFile, Surface, height_of, open_file, outlines_of, surfaces_of
from shared.town.ground.features import HIGHEST, MOST_STOREYS, MOST_WORDS, Unusable
from shared.town.ground.model import Building

_PART = "BuildingPart"
_KINDS = ("Building", _PART)
_Object = Mapping[str, Any]
_Family = Mapping[str, _Object]  # a building, then all its parts, by their names


@dataclass(frozen=True)
class _Read:
    """What one object says of itself; a height of 0 where nobody measured."""

    geometries: list[list[Surface]]
    height: float
    storeys: int | None
    use: str


class _OfObject(Exception):
    """Which object of a family it is that cannot be used."""

    def __init__(self, code: str, error: Unusable) -> None:
        super().__init__(f"{code}: {error}")
        self.code, self.error = code, error


def read(data: dict[str, Any]) -> tuple[list[Building], list[tuple[str, Unusable]]]:
    """Every building, and what cannot be used: the object's name (empty: the whole file) and why."""
    try:
        file = open_file(data)
        objects = data.get("CityObjects")
        if not isinstance(objects, dict):
            raise Unusable("CityObjects", "is missing")
    except Unusable as error:
        return [], [("", error)]
    sound = {code: one for code, one in objects.items() if isinstance(one, dict)}
    made: list[Building] = []
    wrong = [(code, Unusable("", "must be an object")) for code in objects if code not in sound]
    for family in _families(sound):
        try:
            made += _buildings(file, family, objects.keys())
        except _OfObject as refused:
            wrong.append((refused.code, refused.error))
    return made, wrong


def _families(objects: _Family) -> Iterator[_Family]:
    """Each building with its parts; a part whose building is not in the file stands alone."""
    parts = _parts(objects)
    owned = {part for listed in parts.values() for part in listed}
    told: set[str] = set()
    for code in sorted(parts, key=lambda code: code in owned):  # last what only goes round in a circle
        if code not in told:
            family = _family(code, parts)
            told.update(family)
            yield {member: objects[member] for member in family}


def _parts(objects: _Family) -> dict[str, list[str]]:
    """The parts of each building, which it names, or which name it: either is enough."""
    parts: dict[str, list[str]] = {code: [] for code, one in objects.items() if one.get("type") in _KINDS}
    for code, listed in parts.items():
        listed += [part for part in _names(objects[code], "children") if objects.get(part, {}).get("type") == _PART]
        for whole in _names(objects[code], "parents"):
            if whole in parts and objects[code].get("type") == _PART:
                parts[whole].append(code)
    return parts


def _names(city_object: _Object, relation: str) -> list[str]:
    named = city_object.get(relation)
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _family(code: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    found = {code: None}
    ahead = list(parts[code])
    while ahead:
        part = ahead.pop()
        if part not in found:
            found[part] = None
            ahead += parts[part]
    return list(found)


def _buildings(file: CityFile, family: _Family, taken: Container[str]) -> list[Building]:
    """One for each piece of ground; none for what is drawn nowhere."""
    whole, *parts = (_object(file, code, one) for code, one in family.items())
    drawn = [whole, *(part for part in parts if part.geometries)]
    geometries = [geometry for one in drawn for geometry in one.geometries]
    if not geometries:
        return []
    code = next(iter(family))
    try:
        height = _height([one.height for one in drawn], geometries)
        outlines = outlines_of(file, geometries)
    except Unusable as error:
        raise _OfObject(code, error) from error
    storeys = max((one.storeys for one in (whole, *parts) if one.storeys), default=None)
    use = next((one.use for one in (whole, *parts) if one.use), "")
    codes = _codes(code, len(outlines), taken)
    return [Building(code, height, shape, storeys, use) for code, shape in zip(codes, outlines, strict=True)]


def _object(file: CityFile, code: str, city_object: _Object) -> _Read:
    attributes = city_object.get("attributes") or {}
    try:
        if not isinstance(attributes, dict):
            raise Unusable("attributes", "must be an object")
        geometries = surfaces_of(file, city_object.get("geometry") or [])
        return _Read(geometries, _read_height(attributes), _storeys(attributes), _use(attributes))
    except Unusable as error:
        raise _OfObject(code, error) from error


def _codes(code: str, pieces: int, taken: Container[str]) -> list[str]:
    """The largest piece has the building's own name."""
    codes = [code]
    number = 2
    while len(codes) < pieces:
        codes += [name for name in (f"{code}-{number}",) if name not in taken]
        number += 1
    return codes


def _height(measured: Sequence[float], geometries: Sequence[Sequence[Surface]]) -> float:
    """As the whole was measured, or each of its parts; else as all of it is drawn."""
    whole, *parts = measured
    known = [whole] if whole or not parts else parts
    return round(max(known) if all(known) else _need_height(height_of(geometries)), 2)


def _read_height(attributes: _Object) -> float:
    said = attributes.get("measuredHeight")
    return _need_height(said) if said else 0.0


def _need_height(height: Any) -> float:
    if isinstance(height, bool) or not isinstance(height, int | float) or not 0 < height <= HIGHEST:
        raise Unusable("attributes.measuredHeight", f"must be above 0 and at most {HIGHEST:g} metres, not {height!r}")
    return float(height)


def _storeys(attributes: _Object) -> int | None:
    """Whole, as some programs write every number with a point."""
    storeys = attributes.get("storeysAboveGround")
    if storeys is None:
        return None
    if isinstance(storeys, bool) or not isinstance(storeys, int | float) or not 0 < storeys <= MOST_STOREYS:
        raise Unusable("attributes.storeysAboveGround", f"must be above 0 and at most {MOST_STOREYS}, not {storeys!r}")
    if storeys != int(storeys):
        raise Unusable("attributes.storeysAboveGround", f"must be a whole number, not {storeys!r}")
    return int(storeys)


def _use(attributes: _Object) -> str:
    """One word, or several."""
    said = attributes.get("function") or attributes.get("usage") or ""
    words = said if isinstance(said, list) else [said]
    return ", ".join(str(word) for word in words if isinstance(word, str | int) and not isinstance(word, bool))[
        :MOST_WORDS
    ]
