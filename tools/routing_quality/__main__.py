"""`python -m tools.routing_quality FOLDER`: measures a town's words and rules on published reports and who acted.

FOLDER holds the files of Traffy Fondue that `records.py` names; nothing of them is written anywhere.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from shared.town import Town, load_town
from tools.play.mapping import CategoryMap, load_map
from tools.routing_quality import measure, page, records
from tools.routing_quality.records import Record

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/operations/routing-quality.md"
TYPES = ROOT / "tools/play/traffy-categories.yaml"
MAE_HIA = ROOT / "deploy/municipalities/maehia"


def main() -> None:
    """A minute on one core."""
    parser = argparse.ArgumentParser(prog="python -m tools.routing_quality", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--town", type=Path, default=MAE_HIA)
    parser.add_argument("--before", type=Path, help="the town's folder as it was, to compare with (the same)")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    parser.add_argument(
        "--mistakes", type=int, default=0, help="print so many that went elsewhere, of the half to look at"
    )
    asked = parser.parse_args()
    town, types = load_town(asked.town), load_map(TYPES)
    tickets = records.tickets(asked.folder)
    if asked.mistakes:
        print("\n".join(_mistakes(town, tickets, asked.mistakes)))
        return
    before = load_town(asked.before) if asked.before else town
    lines = [*_suggestions(before, town, types, asked.folder), *_destinations(before, town, types, tickets)]
    if asked.write:
        PAGE.write_text(page.with_measured(PAGE.read_text("utf-8"), lines), "utf-8")
    else:
        print("\n".join(lines))


def _suggestions(before: Town, now: Town, types: CategoryMap, folder: Path) -> Iterator[str]:
    read = {"comments with a type": records.comments(folder), "comments tagged by hand": records.tags(folder)}
    for title, found in read.items():
        both = (measure.measure_suggested(town, found, types) for town in (before, now))
        yield from page.suggestions(f"What the form suggests: {title}", *both)


def _destinations(before: Town, now: Town, types: CategoryMap, tickets: list[Record]) -> Iterator[str]:
    for half, held_back in (("read", False), ("held back", True)):
        found = [one for one in tickets if one.is_held_back == held_back]
        both = (measure.measure_sent(town, found, measure.by_text(town)) for town in (before, now))
        yield from page.destinations(f"Where it goes by its text alone: the half {half}", *both)
    both = (measure.measure_sent(town, tickets, measure.by_type(types)) for town in (before, now))
    yield from page.destinations("Where it goes by the type that was chosen there: all", *both)


def _mistakes(town: Town, tickets: list[Record], most: int) -> Iterator[str]:
    """For whoever improves the profile; the other half stays unread, to tell improvement from memory."""
    category_of = measure.by_text(town)
    looked_at = [one for one in tickets if not one.is_held_back and one.unit and one.unit.is_counted]
    random.Random(1).shuffle(looked_at)  # noqa: S311 - the same each time
    shown = 0
    for record in looked_at:
        category = category_of(record)
        routed = measure.destination(town, record, category)
        if measure.is_right(record, category, routed):
            continue
        text = " ".join(record.text.split())[:160]
        yield f"{record.unit.unit if record.unit else ''} | {category} | {routed.rule} → {routed.team} | {text}"
        shown += 1
        if shown == most:
            return


if __name__ == "__main__":
    main()
