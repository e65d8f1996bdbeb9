"""Where a town's folder holds its map; `python -m tools.town_map` writes these files, the services read them."""

from shared.town.checks.files import MAP as TILES

FOLDER = "map"
PLACES = f"{FOLDER}/places.geojson"
OVERVIEW = f"{FOLDER}/overview.svg"

__all__ = ["FOLDER", "OVERVIEW", "PLACES", "TILES"]
