"""Offices as recipients, and their mailboxes as the town's profile has them. No person's data."""

from typing import cast, get_args

from shared.events import Level
from shared.town import Town
from shared.town.models import Post


def mailbox(town: Town, recipient: str) -> str | None:
    """Where an office reads mail; one without a mailbox is reached through triage, which passes it on."""
    kind, _, rest = recipient.partition(":")
    own: str | None = None
    if kind == "team":
        own = town.teams[rest].email if rest in town.teams else None
    elif kind == "level":
        level, _, team = rest.partition(":")
        post = post_of(town, level, team or None)
        own = post.email if post else None
    return own or town.teams[town.triage].email


def post_of(town: Town, level: str, team: str | None) -> Post | None:
    """Who holds a level, if it is one of the town's ladder."""
    return town.post(cast(Level, level), team) if level in get_args(Level) else None
