"""What of a whole town cannot be used: its files, and its plan's layers with the line of the layer's own file."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError
from shapely import Polygon, box

from shared.town.checks.raw import find
from shared.town.ground.read import read_layer
from shared.town.loader import examine_source
from shared.town.models import Town
from shared.town.places import Bounds
from shared.town.plan import LAYERS
from shared.town.problems import Problem, TownError
from shared.town.source import read_source


def load_whole(path: Path) -> Town:
    """The town of that folder, of which every file was looked at; raises `TownError` with every problem found."""
    town, problems = examine_whole(path)
    if town is None or problems:
        raise TownError(problems)
    return town


def examine_whole(path: Path) -> tuple[Town | None, list[Problem]]:
    """As `examine`, and the layers of the plan, whatever else is wrong with the town."""
    source = read_source(path)
    town, problems = examine_source(source)
    layers = {str(place[1]): str(file) for place, file in find(source.data, "plan.*.file") if place[1] in LAYERS}
    return town, [*problems, *layer_problems(path, layers, _bounds(source.data.get("bounds")))]


def _bounds(data: object) -> Polygon | None:
    """None where they are missing or wrong, which is said elsewhere."""
    try:
        bounds = Bounds.model_validate(data)
    except ValidationError:
        return None
    return box(bounds.west, bounds.south, bounds.east, bounds.north)


def layer_problems(directory: Path, layers: Mapping[str, str], bounds: Polygon | None) -> list[Problem]:
    """Everything, layer by layer, of those files that there are; a thing outside the town was exported in another
    system, or is another town's."""
    problems: list[Problem] = []
    for name, file in layers.items():
        path = directory / file
        if not path.is_file():
            continue
        things, faults = read_layer(name, path)
        for fault in faults:
            said = f"{fault.place}: {fault.reason}" if fault.place else fault.reason
            problems.append(Problem(str(path), fault.line, said))
        outside = [one for one in things if bounds is not None and not bounds.intersects(one.shape)]
        if outside:
            first = getattr(outside[0], "deed_number", "") or getattr(outside[0], "code", "")
            problems.append(
                Problem(str(path), 1, f"{len(outside)} of {len(things)} lie outside the town's bounds, first {first!r}")
            )
    return problems
