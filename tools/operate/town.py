"""`onestop town check FOLDER…`: are a town's files usable? If not: file, line and reason of each defect."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.town.ground.check import examine_whole
from shared.town.loader import advise
from shared.town.models import Town
from shared.town.problems import Problem
from tools.operate.asking import add_json, as_json


@dataclass(frozen=True)
class Examined:
    """One folder. `advice`: what is usable and may yet not be what the town means."""

    folder: str
    is_usable: bool
    summary: str  # what the town has; what is wrong with it, counted, when it cannot be used
    problems: Sequence[Problem]
    advice: Sequence[Problem]


def main(arguments: Sequence[str]) -> int:
    """0 when every folder is a usable town, 1 when one is not."""
    parser = argparse.ArgumentParser(prog="onestop town", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name file, line and reason of every problem")
    check.add_argument("folder", nargs="+", type=Path)
    add_json(check)
    asked = parser.parse_args(arguments)
    examined = [_examine_folder(folder) for folder in asked.folder]
    print(as_json(examined) if asked.json else "\n".join(map(_say_examined, examined)))
    return int(not all(one.is_usable for one in examined))


def _examine_folder(folder: Path) -> Examined:
    town, problems = examine_whole(folder)
    if town is None or problems:
        return Examined(str(folder), False, f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", problems, ())
    return Examined(str(folder), True, _in_order(town), (), advise(folder))


def _in_order(town: Town) -> str:
    return (
        f"{town.name.en} is in order: {len(town.categories)} categories, {len(town.teams)} teams, "
        f"{len(town.routing.rules)} rules (version {town.routing.version}), {len(town.zones)} zones, "
        f"{len(town.permits)} permit types, {len(town.notices)} notices, {len(town.templates)} templates"
    )


def _say_examined(one: Examined) -> str:
    lines = [*map(str, one.problems), f"{one.folder}: {one.summary}", *(f"{hint} (may stay)" for hint in one.advice)]
    return "\n".join(lines)
