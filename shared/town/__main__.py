"""`python -m shared.town check <folder>…`: are a town's files usable? If not: file, line and reason of each defect."""

import argparse
import sys
from pathlib import Path

from shared.town.loader import advise, examine


def main(arguments: list[str] | None = None) -> int:
    """0 when every folder is a usable town, 1 when one is not."""
    parser = argparse.ArgumentParser(prog="python -m shared.town", description="Check a town's configuration.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name file, line and reason of every problem")
    check.add_argument("folder", nargs="+", type=Path)
    folders: list[Path] = parser.parse_args(arguments).folder
    return max(_check(folder) for folder in folders)


def _check(folder: Path) -> int:
    town, problems = examine(folder)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if town is None or problems:
        sys.stdout.write(f"{folder}: {len(problems)} problem{'s' if len(problems) != 1 else ''}\n")
        return 1
    sys.stdout.write(
        f"{folder}: {town.name.en} is in order: {len(town.categories)} categories, {len(town.teams)} teams, "
        f"{len(town.routing.rules)} rules (version {town.routing.version}), {len(town.zones)} zones, "
        f"{len(town.permits)} permit types, {len(town.notices)} notices, {len(town.templates)} templates\n"
    )
    for hint in advise(folder):
        sys.stdout.write(f"{hint} (may stay)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
