"""`python -m tools.town_plan TOWN --at LATITUDE,LONGITUDE`: writes made-up parcels, roads and buildings for a town.

So that a town sees what `/plan` and the plan rules do before it has its own layers; docs/operations/town-plan.md says
where those come from. The same arguments always write the same files.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.town_plan.quarter import Feature, Shape, quarter

TOWNS = Path("deploy/municipalities")
ATTRIBUTION = "Illustrative, made up by onestop"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes plan/parcels.geojson, plan/roads.geojson and plan/buildings.geojson and says how much is in them."""
    parser = argparse.ArgumentParser(prog="python -m tools.town_plan", description=__doc__)
    parser.add_argument("town", help="the town's folder, or its name under deploy/municipalities")
    parser.add_argument("--at", required=True, type=_place, metavar="LATITUDE,LONGITUDE", help="the quarter's middle")
    parser.add_argument("--blocks", type=int, default=6, help="blocks of two rows of plots, from south to north")
    parser.add_argument("--plots", type=int, default=12, help="plots in a row")
    parser.add_argument("--turned", type=float, default=6.0, help="degrees from north")
    parser.add_argument("--first", type=int, default=40101, help="the first deed's number")
    given = parser.parse_args(arguments)
    folder = Path(given.town) if Path(given.town).is_dir() else TOWNS / given.town
    shape = Shape(given.at, given.blocks, given.plots, given.turned, given.first)
    for name, features in quarter(shape).items():
        path = folder / "plan" / f"{name}.geojson"
        path.parent.mkdir(exist_ok=True)
        path.write_text(_collection(features), encoding="utf-8")
        print(f"{path}: {len(features)}")
    return 0


def _place(text: str) -> tuple[float, float]:
    latitude, longitude = map(float, text.split(","))
    return latitude, longitude


def _collection(features: Sequence[Feature]) -> str:
    """One feature on each line, so that a change can be read."""
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in features)
    head: dict[str, Any] = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "illustrative": True}
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{rows}\n]}}\n'


if __name__ == "__main__":
    raise SystemExit(main())
