"""Those who are asked for their view: who of them can be written to, when they are reminded, and what became of the
message that asked them."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.agencies import MessageEnd
from shared.events.neighbours import NEIGHBOUR, PermitNeighbourAsked
from shared.events.permit_life import PermitConsulted
from shared.town.models import Town

AUDIENCE = "consultee"  # as notice rules call whoever is asked
_EARLY, _LATE = 2, 1  # working days that are left when they are reminded, where there is time and where there is little
_LITTLE = 4  # working days


@dataclass(frozen=True)
class Outcome:
    """What became of a message: whom it asked, of which moment it told, how it ended, and why none of the ways to them
    took it."""

    asked: str | None  # None: said by a release that did not say it
    at: datetime
    end: MessageEnd
    why: str = ""

    def is_of(self, asked: str, at: datetime) -> bool:
        """Whether it is the message that asked them then; several may have been asked in the same moment."""
        return at == self.at and self.asked in (asked, None)


def is_told_by_mail(town: Town) -> bool:
    """Whether the town's rules send neighbours a mail."""
    return "email" in _list_channels(town, PermitNeighbourAsked.type, NEIGHBOUR)


def is_told_by_message(town: Town, consultee: str) -> bool:
    """Whether a message of ours reaches them: the town's rules send one, and the profile has an address for it."""
    return bool(_list_channels(town, PermitConsulted.type, AUDIENCE) & _list_ways_to(town, consultee))


def _list_channels(town: Town, asking: str, audience: str) -> set[str]:
    """By which channels the town's rules ask them."""
    rules = (one for one in town.notices if (one.event, one.audience) == (asking, audience))
    return {channel for rule in rules for channel in rule.channels}


def _list_ways_to(town: Town, consultee: str) -> set[str]:
    if (team := town.teams.get(consultee)) is not None:  # one without a mailbox is reached through the one-stop centre
        return {"email"} if team.email or town.teams[town.triage].email else set()
    agency = town.agencies.get(consultee)
    ways = {"email": agency.email, "webhook": agency.webhook} if agency else {}
    return {way for way, address in ways.items() if address}


def reminder_at(town: Town, asked_at: datetime, days: int) -> datetime | None:
    """When somebody is reminded who has so many working days; None: the question itself has only just come."""
    left = _LATE if days <= _LITTLE else _EARLY
    return town.calendar.add_working_days(asked_at, days - left) if days > left else None
