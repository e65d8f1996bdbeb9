"""Who of those that are asked can be written to, and when they are reminded: what the profile says of them."""

from datetime import datetime

from shared.events.permit_life import PermitConsulted
from shared.town.models import Town

AUDIENCE = "consultee"  # as notice rules call whoever is asked
_EARLY, _LATE = 2, 1  # working days that are left when they are reminded, where there is time and where there is little
_LITTLE = 4  # working days


def is_told_by_message(town: Town, consultee: str) -> bool:
    """Whether a message of ours reaches them: the town's rules send one, and the profile has an address for it."""
    return bool(_sent(town) & _ways_to(town, consultee))


def _sent(town: Town) -> set[str]:
    """By which channels the town's rules ask anybody."""
    rules = (one for one in town.notices if (one.event, one.audience) == (PermitConsulted.type, AUDIENCE))
    return {channel for rule in rules for channel in rule.channels}


def _ways_to(town: Town, consultee: str) -> set[str]:
    if (team := town.teams.get(consultee)) is not None:  # one without a mailbox is reached through the one-stop centre
        return {"email"} if team.email or town.teams[town.triage].email else set()
    agency = town.agencies.get(consultee)
    ways = {"email": agency.email, "webhook": agency.webhook} if agency else {}
    return {way for way, address in ways.items() if address}


def reminder_at(town: Town, asked_at: datetime, days: int) -> datetime | None:
    """When somebody is reminded who has so many working days; None: the question itself has only just come."""
    left = _LATE if days <= _LITTLE else _EARLY
    return town.calendar.add_working_days(asked_at, days - left) if days > left else None
