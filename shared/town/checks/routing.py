"""Routing, service levels, escalation: what a rule asks for can happen, what it promises is promised somewhere."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, entries, find, strings, text
from shared.town.source import Location

YES_NO = ("yes", "true", "no", "false")  # as a page and as Open311 say it


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Empty conditions and such as never hold, promises that no service level makes, triage, the ladder's order."""
    yield from _empty(data)
    yield from _promises(data)
    yield from _triage(data)
    yield from _check_ascending(data)
    yield from _questions(data)
    yield from _beyond(data)


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Rungs of the ladder on which nobody stands for a team that gets work: the work climbs, and nobody hears of it."""
    routed = [*find(data, "routing.rules.*.then.team"), *find(data, "routing.fallback.team")]
    getting = dict.fromkeys(str(team) for _, team in routed)
    for code, team in entries(data.get("teams")):
        if code in getting:
            yield from _check_heard(data, str(code), team)


def _check_heard(data: dict[str, Any], code: str, team: Any) -> Iterator[Finding]:
    held = {
        str(level)
        for posts in (data.get("posts"), team.get("posts") if isinstance(team, dict) else None)
        for level, _ in entries(posts)
    }
    levels = dict.fromkeys(text(step, "level") for _, step in find(data, "escalation.*"))
    missing = [level for level in levels if level and level not in held]
    if missing:
        yield ("teams", code), f"nobody is {', '.join(missing)} of team {code!r}, whom the escalation tells: add a post"


def _conditions(rule: Any) -> dict[str, Any]:
    when = rule.get("when") if isinstance(rule, dict) else None
    return {key: value for key, value in when.items() if value not in (None, [], {})} if isinstance(when, dict) else {}


def _empty(data: dict[str, Any]) -> Iterator[Finding]:
    for pattern in ("routing.rules.*.when.*", "routing.rules.*.when.answers.*"):
        for location, value in find(data, pattern):
            if value in ([], {}):
                yield location, f"{location[-1]} is empty: name at least one, or leave the condition out"


def _promises(data: dict[str, Any]) -> Iterator[Finding]:
    levels = data.get("service_levels")
    outcomes = [*find(data, "routing.rules.*.then"), *find(data, "routing.fallback")]
    for location, outcome in outcomes:
        level, priority = text(outcome, "service_level"), text(outcome, "priority")
        targets = next((targets for _, targets in find(levels, f"{level}.targets")), None)
        if isinstance(targets, dict) and priority and priority not in targets:
            yield (*location, "priority"), f"service level {level!r} has no target for priority {priority!r}"


def _triage(data: dict[str, Any]) -> Iterator[Finding]:
    triage = [code for code, team in entries(data.get("teams")) if text(team, "kind") == "triage"]
    if "teams" in data and len(triage) != 1:
        yield ("teams",), f"exactly one team must be of kind triage, there are {len(triage)}"
    for location, team in find(data, "routing.fallback.team"):
        if triage and team not in triage:
            yield location, f"the fallback must be the triage team {triage[0]!r}, not {team!r}"


def _check_ascending(data: dict[str, Any]) -> Iterator[Finding]:
    for section in ("escalation", "permit_escalation"):
        last: dict[str, int] = {}
        for location, step in find(data, f"{section}.*"):
            percent, clock = step.get("percent") if isinstance(step, dict) else None, text(step, "clock")
            if isinstance(percent, int):
                if percent <= last.get(clock, 0):
                    yield (*location, "percent"), f"{percent} % comes after {last[clock]} %: steps must ascend"
                last[clock] = percent


def _questions(data: dict[str, Any]) -> Iterator[Finding]:
    """A rule that asks for an answer nobody can give would never match, and nobody would notice."""
    for at, rule in find(data, "routing.rules.*"):
        chosen = strings(_conditions(rule).get("categories"))
        for code, values in entries(_conditions(rule).get("answers")):
            location = (*at, "when", "answers", code)
            everywhere = _list_asked(data, code, [])
            questions = _list_asked(data, code, chosen)
            if not everywhere:
                yield location, f"no category asks a question {code!r}"
            elif not questions:
                yield location, f"question {code!r} is asked by none of this rule's categories"
            else:
                yield from _answers(location, code, strings(values), questions)


def _list_asked(data: dict[str, Any], code: str | int, categories: list[str]) -> list[Any]:
    """The questions with that code, of these categories or of all."""
    found = find(data, "categories.*.questions.*")
    return [one for at, one in found if text(one, "code") == code and (not categories or at[1] in categories)]


def _answers(location: Location, code: str | int, values: list[str], questions: list[Any]) -> Iterator[Finding]:
    given: list[str] = []
    for question in questions:
        match text(question, "type"):
            case "choice":
                given += [str(choice) for _, choice in find(question, "choices.*.code")]
            case "yesno":
                given += YES_NO
            case _:
                return  # free text: any answer
    for value in values:
        if value not in given:
            yield location, f"question {code!r} has no answer {value!r}, only {', '.join(dict.fromkeys(given))}"


def _beyond(data: dict[str, Any]) -> Iterator[Finding]:
    """Zones lie within the town's bounds (`places.py` holds that), so no report is in a zone and out of town."""
    for at, rule in find(data, "routing.rules.*"):
        asked = _conditions(rule)
        if asked.get("outside_town") is True and asked.get("zones"):
            yield (*at, "when", "outside_town"), "never holds together with zones: they lie inside the town"
