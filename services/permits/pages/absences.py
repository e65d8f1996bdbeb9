"""Who is away today and who takes their place, as the desk's pages say it to everybody who works there."""

from datetime import datetime, time

from services.permits.api.wording import Wording
from services.permits.domain.stand_in import CAPACITIES
from shared.kernel import now
from shared.town.absences import Absence
from shared.town.away import away
from shared.words.dates import date_text


def away_now(wording: Wording) -> list[str]:
    """A line for each, of whoever is away today."""
    return [_line(wording, one) for one in away(wording.town, now())]


def _line(wording: Wording, absence: Absence) -> str:
    town, language = wording.town, wording.language
    last = datetime.combine(absence.last_day, time(12), town.calendar.zone)
    titles = {one.code: one.title.get(language) for one in town.signatories}
    return wording.say(
        "away.office" if absence.office else "away.team",
        who=titles.get(absence.who) or town.team_name(absence.who, language),
        deputy=titles.get(absence.deputy) if absence.office else town.team_name(absence.deputy, language),
        capacity=CAPACITIES[absence.capacity].get(language),
        until=date_text(last, town.calendar.zone, language),
        order=absence.order,
    )
