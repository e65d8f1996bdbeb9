"""A town is configuration: its folder is read, checked and turned into one frozen `Town`; no service reads YAML."""

from shared.town.loader import load_town
from shared.town.models import Text, Town
from shared.town.problems import Problem, TownError

__all__ = ["Problem", "Text", "Town", "TownError", "load_town"]
