"""Warnings of a permit's clock: for every permit type, each must reach somebody with a mailbox."""

from collections.abc import Iterator
from typing import Any, get_args

from shared.events.work_orders import Level
from shared.town.checks.raw import Finding, entries, find, strings, text

_ROLES = ("examiner", "signatory")


def findings(data: dict[str, Any], all_read: bool) -> Iterator[Finding]:
    """Unknown levels, and levels that nobody with a mailbox holds for a permit type."""
    for location, step in find(data, "permit_escalation.*"):
        level = text(step, "level")
        if level and level not in (*get_args(Level), *_ROLES):
            yield (*location, "level"), f"there is no level {level!r}"
        elif level and level != "triage" and (all_read or {"teams", "posts"} <= set(data)):
            yield from _warn_unreached(data, level, text(step, "percent"))


def _warn_unreached(data: dict[str, Any], level: str, percent: str) -> Iterator[Finding]:
    for location, permit in find(data, "permits.*"):
        team = text(permit, "team")
        if team and team not in dict(entries(data.get("teams"))):
            continue  # the missing team is reported elsewhere
        if not _mailbox(data, level, team, str(location[-1])):
            who = f"permit_escalation warns the {level} at {percent} %, and"
            if level == "signatory":
                yield location, f"{who} no signatory of this type has an email"
            elif team:
                yield (*location, "team"), f"{who} team {team!r} has none with an email"
            else:
                yield location, f"{who} this type has no team that has one: give it a team"


def _mailbox(data: dict[str, Any], level: str, team: str, permit: str) -> bool:
    if level == "signatory":
        signing = (entry for _, entry in find(data, "signatories.*") if _may_sign(entry, permit))
        return any(text(entry, "email") for entry in signing)
    own = dict(entries(data.get("teams"))).get(team)
    if level == "examiner":
        return bool(text(own, "email"))
    posts = [*find(own, f"posts.{level}.email"), *find(data, f"posts.{level}.email")]
    return bool(posts)


def _may_sign(entry: Any, permit: str) -> bool:
    allowed = strings(entry.get("permits")) if isinstance(entry, dict) else []
    return not allowed or permit in allowed
