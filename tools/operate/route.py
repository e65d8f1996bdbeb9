"""`onestop route`: where the town's rules send a report, and what a changed rule file would do with those that came.

Reads only. `try` asks no service and no database; `compare` reads dispatch's work.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from services.dispatch.domain.routing import Facts, Routed, Tried, explain, route
from services.dispatch.domain.rule_changes import Comparison, Moves
from services.dispatch.rule_trial import compare_rules
from services.dispatch.settings import Settings
from shared.events.reports import Channel, ReportKind
from shared.kernel import now
from shared.town import Town
from shared.town.answers import read_answers
from shared.town.loader import examine, examine_rules
from tools.operate.asking import add_json, as_json, at_least_one, moment, past, printable
from tools.operate.desks import dispatch_desk
from tools.operate.failures import NotDone

SHOWN = 200  # cases that are printed for people
VERDICTS = {"people-agree": "people moved it there", "people-disagree": "people left it where it was", "open": ""}


@dataclass(frozen=True)
class Answer:
    """Of `try`: where it goes, and every rule with its conditions."""

    routed: Routed
    rules: Sequence[Tried]


def main(arguments: Sequence[str]) -> int:
    """`compare`: 0, also when cases go elsewhere; 1 when the file cannot be used. `try`: 1 when no rule takes it."""
    asked = _parser().parse_args(arguments)
    return _try(asked) if asked.command == "try" else _compare(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop route", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    tried = commands.add_parser("try", help="where one report would go, and why")
    tried.add_argument("category")
    tried.add_argument("text", nargs="?", default="")
    tried.add_argument("--at", type=moment, help="when it comes (now)")
    tried.add_argument("--place", nargs=2, type=float, metavar=("LATITUDE", "LONGITUDE"))
    tried.add_argument("--channel", choices=get_args(Channel), default="web")
    tried.add_argument("--kind", choices=get_args(ReportKind), default="problem")
    tried.add_argument("--answer", action="append", default=[], metavar="QUESTION=ANSWER")
    compared = commands.add_parser("compare", help="which cases that came would go elsewhere by a changed file")
    compared.add_argument("--since", type=past, default="30d", help="cases of reports since then (%(default)s)")
    compared.add_argument(
        "--most", type=at_least_one, default=100_000, help="at most so many, the newest (%(default)s)"
    )
    for one in (tried, compared):
        one.add_argument("--rules", type=Path, required=one is compared, help="a routing.yaml, instead of the town's")
        one.add_argument("--town", type=Path, metavar="FOLDER", help="of the town (TOWN_DIR)")
        add_json(one)
    return parser


def _town(asked: argparse.Namespace) -> Town:
    """With the file's rules, if one is named; NotDone with every problem of it."""
    folder = asked.town or Settings().town_dir
    if asked.rules is None:
        town, problems = examine(folder)
    else:
        try:
            text = asked.rules.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NotDone(f"{asked.rules} cannot be read: {error}") from error
        town, problems, _ = examine_rules(folder, text, str(asked.rules))
    if town is None or problems:
        raise NotDone("\n".join(["these rules cannot be used:", *map(str, problems)]))
    return town


def _try(asked: argparse.Namespace) -> int:
    town = _town(asked)
    facts = _facts(town, asked)
    answer = Answer(route(town, facts), explain(town, facts))
    print(as_json(answer) if asked.json else "\n".join(_say_answer(answer)))
    return int(answer.routed.rule is None)


def _facts(town: Town, asked: argparse.Namespace) -> Facts:
    category = town.categories.get(asked.category)
    if category is None:
        raise NotDone(f"there is no category {asked.category}, only {', '.join(town.categories)}")
    given = dict(each.partition("=")[::2] for each in asked.answer)
    read = read_answers(category, given)
    if wrong := [code for code, mistake in read.mistakes.items() if mistake != "required"]:
        questions = ", ".join(question.code for question in category.questions) or "none"
        raise NotDone(f"{asked.category} has no such answer to {', '.join(wrong)}; its questions: {questions}")
    at, place = asked.at or now(), asked.place
    zone = town.zone_of(*place) if place else None
    return Facts(
        category=asked.category,
        at=at,
        working=town.calendar.is_working(at),
        text=asked.text,
        zone=zone.code if zone else None,
        outside_town=bool(place) and not town.bounds.holds(*place),
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        channel=asked.channel,
        kind=asked.kind,
        answers=read.values,
    )


def _say_answer(answer: Answer) -> list[str]:
    """The rules up to the one that decides, each with the first condition that does not hold."""
    lines = []
    for tried in answer.rules:
        if tried.result == "not_reached":
            break
        failed = next((check for check in tried.checks if not check.holds), None)
        why = f"{failed.condition}: {failed.found or 'nothing'}" if failed else "takes it"
        lines.append(f"{'→' if failed is None else ' '} {tried.rule:24} {why}")
    return [*lines, _where(answer.routed)]


def _where(routed: Routed) -> str:
    agency = f" for {routed.agency}" if routed.agency else ""
    by = f"rule {routed.rule}" if routed.rule else "no rule: triage"
    return f"{routed.team}{agency}, {routed.priority}, {routed.service_level}, by {by} of {routed.version}"


def _compare(asked: argparse.Namespace) -> int:
    changed = _town(asked)
    found = asyncio.run(_run(changed, asked))
    print(as_json(_as_data(found)) if asked.json else "\n".join(_say_comparison(found)))
    return 0


async def _run(changed: Town, asked: argparse.Namespace) -> Comparison:
    async with dispatch_desk() as desk:
        return await compare_rules(desk, changed, asked.since, asked.most)


def _as_data(found: Comparison) -> dict[str, Any]:
    return {
        "version": found.version,
        "to_version": found.to_version,
        "since": found.since,
        "looked_at": found.looked_at,
        "complete": found.complete,
        "ways": found.ways,
        "moves": found.moves,
    }


def _say_comparison(found: Comparison) -> list[str]:
    lines = [_line(one) for one in found.moves[:SHOWN]]
    if len(found.moves) > SHOWN:
        lines.append(f"… and {len(found.moves) - SHOWN} more: --json names all")
    lines += [f"{way.cases:6}  {_way(way.team, way.to_team)}" for way in found.ways]
    more = "" if found.complete else ", there are more: say --most"
    went = f"{len(found.moves)} of {found.looked_at} cases since {found.since:%Y-%m-%d %H:%M} would go elsewhere{more}"
    agree, disagree = found.count("people-agree"), found.count("people-disagree")
    judged = f"people had moved {agree} of them to that very team, and done {disagree} where they were"
    return [*lines, f"{went} ({found.version} → {found.to_version})", judged]


def _way(team: str, to_team: str) -> str:
    return f"{team} → {to_team}" if team != to_team else f"{team}, with another promise or agency"


def _line(one: Moves) -> str:
    said = VERDICTS[one.verdict]
    text = printable(" ".join(one.text.split()))[:60]
    to = f"{_way(one.before.team, one.after.team)}  by {one.after.rule or 'no rule'}"
    return f"{one.reference}  {one.category}  {to}{f'  ({said})' if said else ''}  {text}"
