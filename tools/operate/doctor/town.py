"""What the town's own folder lacks before it goes live, or before the year ends."""

import asyncio
import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from services.notify.settings import Settings as NotifySettings
from shared.kernel.clock import now
from shared.maps import files
from shared.settings import MissingFile, ServiceSettings
from shared.town.ground.check import examine_whole
from shared.town.loader import advise
from shared.town.models import Town
from tools.operate.doctor.finding import Finding

NOBODYS = re.compile(r"@[^@\s]*\.(example|invalid|test|localhost)$|@example\.(com|net|org)$", re.IGNORECASE)
AHEAD = timedelta(days=90)  # holidays of a year are announced in its last quarter before; work promised now ends then


async def look(settings: ServiceSettings) -> list[Finding]:
    """Problems and advice of `town check`, and what it cannot know."""
    return await asyncio.to_thread(_look, settings)


def _look(settings: ServiceSettings) -> list[Finding]:
    town, problems = examine_whole(settings.town_dir)
    found = [Finding("broken", "town", str(problem)) for problem in problems]
    found += [Finding("unfinished", "town", f"{hint} (may stay)") for hint in advise(settings.town_dir)]
    return [*found, *([*of_town(town, now()), *of_agencies(town, _secrets())] if town else ())]


def _secrets() -> Collection[str] | None:
    """The agencies that have one; None: it cannot be told, and the settings' look says why."""
    try:
        return NotifySettings().secrets_of_agencies
    except (ValidationError, MissingFile):
        return None


def of_agencies(town: Town, known: Collection[str] | None) -> Iterator[Finding]:
    """Whose program is sent nothing, because nothing signs what it is sent; and secrets of nobody."""
    if known is None:
        return
    programs = {code for code, agency in town.agencies.items() if agency.webhook}
    if lacking := sorted(programs - set(known)):
        yield Finding("unfinished", "town", f"AGENCY_SECRETS has none of {', '.join(lacking)}: nothing is sent to "
                      "their programs")  # fmt: skip
    if strange := sorted(set(known) - programs):
        yield Finding("unfinished", "town", f"AGENCY_SECRETS names {', '.join(strange)}: no agency of the town with a "
                      "`webhook` is called so")  # fmt: skip


def of_town(town: Town, at: datetime) -> Iterator[Finding]:
    """What is usable and yet not ready for people."""
    if mailboxes := sorted(set(_mailboxes(town))):
        yield Finding("unfinished", "town", f"these mailboxes are nobody's, so what is sent there is lost: "
                      f"{', '.join(mailboxes)}; put the town's own into its files")  # fmt: skip
    year = (at + AHEAD).astimezone(ZoneInfo(town.timezone)).year
    if year not in town.calendar.years:
        yield Finding("unfinished", "town", f"calendar.yaml has no holidays of {year}: promises that end then are "
                      "wrong; add them when they are announced")  # fmt: skip
    has_tiles = town.map is not None and town.map.tiles is not None
    if not has_tiles and not (town.directory / files.TILES).is_file():
        yield Finding("unfinished", "town", f"there is no {files.TILES}: maps are blank; "
                      f"`make map TOWN={town.code} FROM=extract.osm.pbf` makes it")  # fmt: skip


def _mailboxes(value: Any) -> Iterator[str]:
    """Every address in the profile that nobody can ever own."""
    match value:
        case BaseModel():
            yield from (one for name in type(value).model_fields for one in _mailboxes(getattr(value, name)))
        case dict():
            yield from (one for part in value.values() for one in _mailboxes(part))
        case tuple() | list():
            yield from (one for part in value for one in _mailboxes(part))
        case str() if NOBODYS.search(value):
            yield value
