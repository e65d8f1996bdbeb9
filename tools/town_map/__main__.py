"""`make map TOWN=maehia FROM=extract.osm.pbf`: makes the map that a town's pages show, into the town's folder.

Writes map/town.pmtiles, map/places.geojson and map/overview.svg. docs/operations/town-map.md says where to get an
extract, and what the town must say about it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.maps.files import OVERVIEW, PLACES, TILES
from shared.town.places import Bounds
from shared.town.source import read_source
from tools.town_map import cut, picture, places
from tools.town_map.extract import BadExtract, Box, read
from tools.town_map.features import features

TOWNS = Path("deploy/municipalities")
ATTRIBUTION = "© OpenStreetMap contributors"
LICENCE = "ODbL-1.0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the three files and says what is in them; 1 when the town or the extract cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.town_map", description=__doc__)
    parser.add_argument("town", help="the town's folder, or its name under deploy/municipalities")
    parser.add_argument("extract", type=Path, help=".osm.pbf, Overpass JSON or GeoJSON")
    parser.add_argument("--attribution", default=ATTRIBUTION)
    parser.add_argument("--licence", default=LICENCE)
    given = parser.parse_args(arguments)
    folder = Path(given.town) if Path(given.town).is_dir() else TOWNS / given.town
    about = {"name": folder.name, "attribution": given.attribution, "licence": given.licence, "version": "1"}
    try:
        print(make(folder, given.extract, about))
    except BadExtract as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def make(folder: Path, extract: Path, about: dict[str, str]) -> str:
    """Writes the files and says how large they are; BadExtract when there is nothing to make them of."""
    box = _box(folder)
    found = features(read(extract, box))
    if not found:
        raise BadExtract(f"{extract.name} has nothing inside the bounds of {folder.name}: is it of another place?")
    (folder / TILES).parent.mkdir(parents=True, exist_ok=True)
    tiles = cut.write(folder / TILES, found, box, about)
    listed = places.index(found)
    (folder / PLACES).write_text(_collection(listed, about), encoding="utf-8")
    (folder / OVERVIEW).write_text(picture.draw(found, box), encoding="utf-8")
    sizes = ", ".join(f"{name} {(folder / name).stat().st_size / 1000:.0f} kB" for name in (TILES, PLACES, OVERVIEW))
    return f"{folder.name}: {len(found)} objects in {tiles} tiles, {len(listed)} places to search for ({sizes})"


def _box(folder: Path) -> Box:
    """The town's bounds, also of a profile that is not finished yet."""
    try:
        bounds = Bounds.model_validate(read_source(folder).data.get("bounds"))
    except ValidationError as error:
        raise BadExtract(f"{folder / 'town.yaml'} has no `bounds`, which say what belongs to the map") from error
    return bounds.west, bounds.south, bounds.east, bounds.north


def _collection(listed: list[dict[str, Any]], about: dict[str, str]) -> str:
    """One place a line, so that a change can be read."""
    head = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in listed)
    return f'{head}, "features": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    sys.exit(main())
