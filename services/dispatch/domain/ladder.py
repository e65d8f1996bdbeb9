"""Whose work a level of the ladder looks after: heads and directors that of the teams whose post they hold."""

from shared.events.work_orders import Level
from shared.town import Text, Town
from shared.town.models import Post


def board_of(town: Town, claimed: str | None) -> Level | None:
    """The level whose board somebody opens who holds that one; the lowest for who holds none; None: there is none."""
    return next((level for level in town.levels if level == claimed), next(iter(town.levels), None))


def teams_under(town: Town, level: Level, team: str | None) -> tuple[str, ...]:
    """The teams whose post at that level is the same as that team's. Empty, which means all: where the level stands
    above all of them, and for who belongs to no team of the town."""
    if team not in town.teams or level not in town.teams[team].posts:
        return ()
    post = town.post(level, team)
    return tuple(code for code in town.teams if town.post(level, code) == post)


def teams_meant(town: Town, scope: str) -> tuple[str, ...]:
    """`works-water`: that team; `director:works-roads`: those whose director is the same as that team's; empty, which
    means all, of nothing. What the town does not have has no work."""
    level, _, team = scope.partition(":")
    known = next((rung for rung in town.levels if rung == level), None)
    under = teams_under(town, known, team) if known else ()
    return under or ((scope,) if scope else ())


def scope_of(town: Town, level: Level, team: str | None) -> str:
    """All teams under the post that this team has at that level, as `teams_meant` reads it; "" means all."""
    under = teams_under(town, level, team)
    return f"{level}:{under[0]}" if len(under) > 1 else "".join(under)


def scopes(town: Town) -> dict[str, Text]:
    """What people choose from: each post with several teams, then each team."""
    found = {
        scope_of(town, level, code): post.title for level in town.levels for code, post in posts_of(town, level).items()
    }
    return {scope: title for scope, title in found.items() if scope not in town.teams} | {
        code: team.name for code, team in town.teams.items()
    }


def posts_of(town: Town, level: Level) -> dict[str, Post]:
    """The posts of that level by one team of each; none where it stands above all teams."""
    found: dict[str, Post] = {}
    for code, team in town.teams.items():
        post = team.posts.get(level)
        if post and post not in found.values():
            found[code] = post
    return found
