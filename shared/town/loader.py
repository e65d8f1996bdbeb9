"""Loads a town's folder as a `Town`, or lists every reason why it cannot be one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.town.check import advice, cross_checks
from shared.town.models import Town
from shared.town.problems import Problem, TownError
from shared.town.source import Source, read_source, replace_section


@dataclass(frozen=True)
class Most:
    """How much of somebody's rules is looked at while others wait."""

    rules: int
    values: int

    def is_passed(self, routing: Any) -> bool:
        """Whether there is more."""
        rules = routing.get("rules") if isinstance(routing, dict) else None
        return (isinstance(rules, list) and len(rules) > self.rules) or _values(routing, self.values + 1) > self.values


def load_town(path: Path) -> Town:
    """The town of that folder; raises `TownError` with every problem found."""
    town, problems = examine(path)
    if town is None or problems:
        raise TownError(problems)
    return town


def examine(path: Path) -> tuple[Town | None, list[Problem]]:
    """The town, if its files have the right shape, and the problems in order of file and line."""
    return examine_source(read_source(path))


def examine_rules(
    path: Path, text: str, file: str = "routing.yaml", *, most: Most | None = None
) -> tuple[Town | None, list[Problem], list[Problem]]:
    """The town of that folder as it would be with these routing rules; the problems, and what it might still look at.

    `text` holds `routing:` and nothing else; its lines are said to be of `file`. `most`: so much of it is
    looked at, everything as often as an alias repeats it; more is the only problem.
    """
    source = read_source(path)
    replace_section(source, "routing", file, text)
    if most is not None and most.is_passed(source.data.get("routing")):
        said = f"more than {most.rules:,} rules or {most.values:,} words, codes and conditions"
        return None, [Problem(file, 1, f"{said}: `onestop town check` reads any number")], []
    town, problems = examine_source(source)
    return town, problems, [] if problems else _advise(source)


def _values(data: Any, enough: int) -> int:
    """How many values there are, lists and mappings too, counted to `enough`."""
    found = 1
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for each in inside:
        if found >= enough:
            break
        found += _values(each, enough - found)
    return found


def examine_source(source: Source) -> tuple[Town | None, list[Problem]]:
    """The town of files that were read, and every problem with its line; no town where one is fatal."""
    problems = list(source.problems)
    problems += [source.at(location, reason) for location, reason in cross_checks(source)]
    if ("timezone",) in source.lines:  # the calendar's own, unless it names another
        source.lines.setdefault(("calendar", "timezone"), source.lines["timezone",])
    town = None
    try:
        town = Town.model_validate({**_complete(source.data), "directory": source.directory})
    except ValidationError as error:
        unread = bool(source.problems)
        problems += [_problem(source, e) for e in error.errors() if not (unread and _is_missing_section(e))]
    return town, sorted(set(problems))


def advise(path: Path) -> list[Problem]:
    """What a town that is in order might still look at, in order of file and line."""
    return _advise(read_source(path))


def _advise(source: Source) -> list[Problem]:
    return sorted({source.at(location, reason) for location, reason in advice(source)})


def _complete(data: dict[str, Any]) -> dict[str, Any]:
    """What the town's files need not say: the calendar's time zone and the hash in the rules' version."""
    data = dict(data)
    if isinstance(data.get("calendar"), dict):
        data["calendar"] = {"timezone": data.get("timezone"), **data["calendar"]}
    if isinstance(data.get("routing"), dict):
        data["routing"] = {**data["routing"], "version": _version(data["routing"])}
    return data


def _version(routing: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(routing, sort_keys=True, default=str).encode()).hexdigest()[:8]
    declared = routing.get("version")
    return f"{declared}-{digest}" if declared is not None else digest


def _is_missing_section(error: ErrorDetails) -> bool:
    """A file that could not be read leaves whole sections out; only the unreadable file is the problem then."""
    return error["type"] == "missing" and len(error["loc"]) == 1


def _problem(source: Source, error: ErrorDetails) -> Problem:
    where = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "extra_forbidden":
            reason = "unknown key"
        case "missing":
            reason = "is missing"
        case "tuple_type":
            reason = "must be a list, as [one, another]"
        case "model_type" | "dict_type":
            reason = "must have keys of its own, as {th: …, en: …}"
        case _:
            reason = error["msg"].removeprefix("Value error, ")
    return source.at(error["loc"], f"{where}: {reason[:1].lower()}{reason[1:]}")
