"""`python -m tools.manifests`: writes every generated file under `deploy/`; `--check` only says which are behind."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.town.ground.check import load_whole
from shared.town.problems import TownError
from tools.manifests import kafka, realm, rules, town
from tools.piped import run_piped

ROOT = Path(__file__).resolve().parents[2]
TOWNS = ROOT / "deploy/municipalities"


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every file is as it must be; 1: `--check` found one that is not; 2: a profile is wrong, or too large."""
    parser = argparse.ArgumentParser(prog="python -m tools.manifests", description=__doc__)
    parser.add_argument("town", nargs="*", type=Path, help="folders of towns to write for alone; else everything")
    parser.add_argument("--check", action="store_true", help="write nothing; say what would be written")
    asked = parser.parse_args(arguments)
    try:
        wanted = {file: text for folder in asked.town for file, text in of_town(folder).items()} or list_files()
    except (town.TooLarge, TownError) as error:
        print(error, file=sys.stderr)
        return 2
    behind = [file for file, text in wanted.items() if not file.is_file() or file.read_text("utf-8") != text]
    for file in behind:
        print(f"{'is behind' if asked.check else 'wrote'}: {_shorten_path(file)}")
    if not asked.check:
        _write({file: wanted[file] for file in behind})
    return int(bool(behind) and asked.check)


def list_files() -> dict[Path, str]:
    """Each generated file of the repository, with what must stand in it."""
    wanted = {ROOT / file: text for file, text in {**kafka.files(ROOT), **rules.files(ROOT)}.items()}
    for profile in sorted(TOWNS.glob("*/town.yaml")):
        wanted |= of_town(profile.parent)
    return wanted


def of_town(folder: Path) -> dict[Path, str]:
    """What follows from a town's profile, of one that `onestop town check` finds in order."""
    known = load_whole(folder)
    return {**town.files(known), **realm.files(known)}


def _write(files: Mapping[Path, str]) -> None:
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def _shorten_path(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


if __name__ == "__main__":
    sys.exit(run_piped(main))
