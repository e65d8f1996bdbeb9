"""The town plan's own section of a profile: which layers lie in the folder, and how exactly they are to be taken."""

from typing import Annotated

from pydantic import Field

from shared.town.base import FilePath, Part, Text, Words

LAYERS = ("parcels", "roads", "buildings")


class PlanLayer(Part):
    """One layer of the town plan: GeoJSON, or CityJSON for buildings; `attribution` is shown wherever it is."""

    file: FilePath
    attribution: Words
    licence: Words


class Tolerance(Part):
    """How far a drawing on the map may be from what the form says before somebody has to look: a finger on a phone
    sets a corner to half a metre."""

    distance_m: Annotated[float, Field(ge=0, le=10)] = 0.5
    area_percent: Annotated[float, Field(ge=0, le=50)] = 5


class TownPlan(Part):
    """Layers of the town plan beside its zones. `notice`: what readers should know of them, as that they are made up
    until the town has its own."""

    notice: Text | None = None
    parcels: PlanLayer | None = None
    roads: PlanLayer | None = None
    buildings: PlanLayer | None = None
    tolerance: Tolerance = Tolerance()

    @property
    def layers(self) -> dict[str, PlanLayer]:
        """Those that the profile names, by what they hold."""
        return {name: layer for name in LAYERS if (layer := getattr(self, name))}
