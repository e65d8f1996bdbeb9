"""Maps another system's type names to our category codes, by a small YAML file."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator


class BadInput(Exception):
    """The file, the map or a flag cannot be used; the message says what to correct."""


class Target(BaseModel):
    """What a type becomes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: str
    kind: str | None = None  # None: the row's own, else a problem


class CategoryMap(BaseModel):
    """`types` names what is known; a cell holds one or several of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    separator: str = Field(default=";", min_length=1)
    fallback: Target = Target(category="other")
    types: dict[str, Target]

    @field_validator("fallback", mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        """`fallback: other` as people write it."""
        return {"category": value} if isinstance(value, str) else value

    @field_validator("types", mode="before")
    @classmethod
    def _short_types(cls, value: object) -> object:
        """`ถนน: road-damage` as people write it."""
        if not isinstance(value, dict):
            return value
        return {name: {"category": one} if isinstance(one, str) else one for name, one in value.items()}

    def target(self, cell: str) -> Target:
        """The first type of the cell that is known, else the fallback."""
        names = (name.strip() for name in cell.split(self.separator))
        return next((self.types[name] for name in names if name in self.types), self.fallback)


def load_map(path: Path) -> CategoryMap:
    """The map of a file; BadInput says what is wrong with it."""
    try:
        return CategoryMap.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise BadInput(f"{path} is no category map: {error}") from error
