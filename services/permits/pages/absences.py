"""Who is away and who takes their place, as the desk's pages say it to everybody who works there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_args

from services.permits.api.wording import Wording
from services.permits.domain.absences import may_mark
from services.permits.domain.stand_in import CAPACITIES
from shared.kernel import now
from shared.people import Person
from shared.town.absences import Absence, Capacity
from shared.town.away import away
from shared.town.models import Town
from shared.town.vocabulary import LEVELS, word
from shared.words.dates import date_text


@dataclass(frozen=True)
class Choices:
    """What somebody may mark: whose absence, and who could take the place; code and name of each."""

    offices: Sequence[tuple[str, str]]
    office_deputies: Sequence[tuple[str, str]]
    teams: Sequence[tuple[str, str]]
    team_deputies: Sequence[tuple[str, str]]
    capacities: Sequence[tuple[str, str]]
    levels: Sequence[tuple[str, str]]


def away_now(wording: Wording, town: Town) -> list[str]:
    """A line for each, of whoever is away today in this town."""
    return [_line(wording, one) for one in away(town, now())]


def _line(wording: Wording, absence: Absence) -> str:
    told = show_absence(wording, absence)
    key = "away.office" if absence.office else "away.team"
    return wording.say(key, **{name: told[name] for name in ("who", "deputy", "capacity", "until", "order")})


def show_absence(wording: Wording, absence: Absence) -> dict[str, Any]:
    """One absence in words."""
    name = _office_name if absence.office else _team_name
    return {
        "kind": "office" if absence.office else "team",
        "who": name(wording, absence.who),
        "deputy": name(wording, absence.deputy),
        "capacity": CAPACITIES[absence.capacity if absence.office else "covering"].get(wording.language),
        "since": _day(wording, absence.first_day),
        "until": _day(wording, absence.last_day),
        "order": absence.order,
    }


def choices_of(wording: Wording, who: Person) -> Choices:
    """Whose absence somebody may mark, in the reader's words."""
    town, language = wording.town, wording.language
    offices = [(one.code, one.title.get(language)) for one in town.signatories]
    examining = {permit.team for permit in town.permits.values()}
    teams = [(code, town.team_name(code, language)) for code in town.teams]
    return Choices(
        offices=[one for one in offices if may_mark(who, one[0], None)],
        office_deputies=offices,
        teams=[one for one in teams if one[0] in examining and may_mark(who, None, one[0])],
        team_deputies=teams,
        capacities=[(code, CAPACITIES[code].get(language)) for code in get_args(Capacity)],
        levels=[(code, word(LEVELS, code, language)) for code in town.levels],
    )


def _office_name(wording: Wording, code: str) -> str:
    titles = {one.code: one.title.get(wording.language) for one in wording.town.signatories}
    return titles.get(code, code)


def _team_name(wording: Wording, code: str) -> str:
    return wording.town.team_name(code, wording.language) if code in wording.town.teams else code


def _day(wording: Wording, day: date) -> str:
    zone = wording.town.calendar.zone
    return date_text(datetime.combine(day, time(12), zone), zone, wording.language)
