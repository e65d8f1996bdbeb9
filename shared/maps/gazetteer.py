"""Finds a village, a landmark or a road by what people call it, and a place by pasted degrees."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from shared.maps import coordinates, plus_codes
from shared.maps.files import PLACES
from shared.town import Town
from shared.town.places import Zone
from shared.words.fold import fold_text

MOST: Final = 8
TEXT_MOST: Final = 80  # characters that are compared; a link may be longer
# As it is compared, on both sides: as people write it. Read after folding, so in small letters and with digits 0-9.
_SHORT: Final = {
    "หมู่": re.compile(r"หมู่ที่|หมู่บ้านที่|หมู่|ม\.(?= ?\d)"),
    "moo": re.compile(r"\b(?:village no\.?|village|moo|mu|m\.)(?= ?\d)"),
    "ซอย": re.compile(r"ซ\."),
    "ถนน": re.compile(r"ถ\."),
    "โรงเรียน": re.compile(r"รร\."),
    "โรงพยาบาล": re.compile(r"รพ\.สต\.|รพ\.|โรงบาล"),
    "road": re.compile(r"\brd\b\.?"),
}
# What some call a place by and the map does not: วัดป่าจี้ for what is listed as บ้านป่าจี้.
_KINDS: Final = ("วัด", "โรงเรียน", "ตลาด", "ซอย", "บ้าน")
_HALL: Final = ("สำนักงานเทศบาล", "ที่ทำการเทศบาล", "เทศบาล", "town hall", "municipality")
_TONES: Final = str.maketrans("", "", "็่้๊๋์")
_MARKS: Final = re.compile(r"[\s.,;:'\"()/\-–]{1,80}")


@dataclass(frozen=True)
class Entry:
    """A place with a name. `box`: of what is larger than a point, west, south, east, north."""

    kind: str
    th: str
    en: str
    latitude: float
    longitude: float
    box: tuple[float, float, float, float] | None = None

    def name(self, language: str) -> str:
        """Its name; in the other language where it has only that."""
        return (self.en or self.th) if language == "en" else (self.th or self.en)


@dataclass(frozen=True)
class Found:
    """What a search found: places by name, or one by its degrees. `unreadable`: a link that only its maker can read."""

    entries: tuple[Entry, ...] = ()
    point: coordinates.Place | None = None
    unreadable: bool = False


class Gazetteer:
    """A town's places by name, read once at start."""

    def __init__(self, town: Town) -> None:
        self.town = town
        entries = [_whole(town), *map(_village, town.zones), *_read_listed(town)]
        self._names = [(entry, tuple(_key(name) for name in (entry.th, entry.en) if name)) for entry in entries]
        office = town.contact.location
        if office:
            hall = Entry("office", town.contact.office.th, town.contact.office.en, office.latitude, office.longitude)
            address = town.contact.address
            self._names.append((hall, tuple(map(_key, (hall.th, hall.en, address.th, address.en, *_HALL)))))

    def search(self, text: str) -> Found:
        """The places that the text may mean, at most `MOST`, the likeliest first."""
        if coordinates.is_short_link(text):
            return Found(unreadable=True)
        if point := coordinates.read(text):
            return Found(point=self._likelier(point))
        if point := plus_codes.read(text, (self.town.centre.latitude, self.town.centre.longitude)):
            return Found(point=point)
        asked = _expand(text[:TEXT_MOST])
        return Found(self._find_named(asked) or self._find_named(_without_kind(asked)))

    def _find_named(self, asked: str) -> tuple[Entry, ...]:
        words = [key for word in asked.split() if (key := _squeeze(word))]
        whole = "".join(words)
        if len(whole) < 2:
            return ()
        return self._rank(whole, words) or self._rank(whole, words, _toneless)

    def _rank(self, whole: str, words: list[str], heard: Callable[[str], str] = str) -> tuple[Entry, ...]:
        """The places that fit, best first; those that fit alike as the index has them."""
        whole, words = heard(whole), [heard(word) for word in words]
        scored = [(_score(map(heard, keys), whole, words), entry) for entry, keys in self._names]
        return tuple(entry for score, entry in sorted(scored, key=lambda one: -one[0])[:MOST] if score)

    def _likelier(self, point: coordinates.Place) -> coordinates.Place:
        """Turned round when only so it lies in the town: some services write the longitude first."""
        latitude, longitude = point
        if not self.town.bounds.holds(latitude, longitude) and self.town.bounds.holds(longitude, latitude):
            return longitude, latitude
        return point


def _whole(town: Town) -> Entry:
    """Where to look, as a village is; never where a pin may stand."""
    at, box = town.centre, town.bounds
    return Entry(
        "town", town.name.th, town.name.en, at.latitude, at.longitude, (box.west, box.south, box.east, box.north)
    )


def _village(zone: Zone) -> Entry:
    box = zone.bounds
    middle = (box.south + box.north) / 2, (box.west + box.east) / 2
    return Entry("village", zone.name.th, zone.name.en, *middle, (box.west, box.south, box.east, box.north))


def _read_listed(town: Town) -> Iterator[Entry]:
    """What `python -m tools.town_map` listed of the extract; nothing where the town has no map of its own."""
    path = town.directory / PLACES
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"features": []}
    for feature in content["features"]:
        about, (longitude, latitude) = feature["properties"], feature["geometry"]["coordinates"]
        yield Entry(about["kind"], about.get("th", ""), about.get("en", ""), latitude, longitude)


def _expand(text: str) -> str:
    text = fold_text(text)
    for full, short in _SHORT.items():
        text = short.sub(full, text)
    return text


def _without_kind(text: str) -> str:
    """A number that is left over names no place."""
    rest = next((text.removeprefix(kind).strip() for kind in _KINDS if text.startswith(kind)), "")
    return "" if rest[:1].isdigit() else rest


def _squeeze(text: str) -> str:
    return _MARKS.sub("", text)


def _key(name: str) -> str:
    return _squeeze(_expand(name))


def _toneless(key: str) -> str:
    """As it sounds to who is unsure of its tones: ปาเป้า for ป่าเป้า."""
    return key.translate(_TONES)


def _score(keys: Iterable[str], whole: str, words: list[str]) -> int:
    """4: its name, 3: how it begins, 2: inside it, 1: every word somewhere in it, 0: not it."""
    best = 0
    for key in keys:
        if key == whole:
            return 4
        if _holds(key, whole):
            best = max(best, 3 if key.startswith(whole) else 2)
        elif all(_holds(key, word) for word in words):
            best = max(best, 1)
    return best


def _holds(key: str, part: str) -> bool:
    """Inside it, but a number only whole: moo 1 is not moo 10."""
    at = key.find(part)
    while at >= 0:
        end = at + len(part)
        if not (_is_number(key[end - 1 : end + 1]) or (at > 0 and _is_number(key[at - 1 : at + 1]))):
            return True
        at = key.find(part, at + 1)
    return False


def _is_number(pair: str) -> bool:
    return len(pair) == 2 and pair.isdigit()
