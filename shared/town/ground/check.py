"""What of a town plan's layers cannot be used, with the line of the layer's own file."""

from shapely import box

from shared.town.ground.read import read_layer
from shared.town.models import Town
from shared.town.problems import Problem


def layer_problems(town: Town) -> list[Problem]:
    """Everything, layer by layer; a thing outside the town was exported in another system, or is another town's."""
    bounds = town.bounds
    inside = box(bounds.west, bounds.south, bounds.east, bounds.north)
    problems: list[Problem] = []
    for name, layer in (town.plan.layers if town.plan else {}).items():
        path = town.directory / layer.file
        things, faults = read_layer(name, path)
        for fault in faults:
            said = f"{fault.place}: {fault.reason}" if fault.place else fault.reason
            problems.append(Problem(str(path), fault.line, said))
        outside = [one for one in things if not inside.intersects(one.shape)]
        if outside:
            first = getattr(outside[0], "deed_number", "") or getattr(outside[0], "code", "")
            problems.append(
                Problem(str(path), 1, f"{len(outside)} of {len(things)} lie outside the town's bounds, first {first!r}")
            )
    return problems
