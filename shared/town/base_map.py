"""What lies under every map of a town: the file that `make map` wrote, or tiles of another server."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.town.base import Part, Text, Words


def _with_all_parts(address: str) -> str:
    missing = [part for part in ("{z}", "{x}", "{y}") if part not in address]
    if missing:
        raise ValueError(f"must hold {', '.join(missing)}, as https://tiles.example/{{z}}/{{x}}/{{y}}.png")
    return address


# No character that would end a rule of the content security policy, which names its origin.
TileAddress = Annotated[
    str,
    StringConstraints(pattern=r"^https://[a-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9{}/._~?&=%@:+-]*$"),
    AfterValidator(_with_all_parts),
]


class BaseMap(Part):
    """What lies under every map: the file that `make map` wrote into the folder's `map/`, or tiles of another server.

    `notice`: what its readers should know, as that it is not complete. `tiles`: pictures, 256 pixels wide.
    """

    attribution: Words
    licence: Words
    notice: Text | None = None
    tiles: TileAddress | None = None
    tiles_max_zoom: Annotated[int, Field(ge=10, le=22)] = 19

    @property
    def tiles_origin(self) -> str | None:
        """`https://host[:port]` of the other server, which the browser must be allowed to ask."""
        return "/".join(self.tiles.split("/")[:3]) if self.tiles else None
