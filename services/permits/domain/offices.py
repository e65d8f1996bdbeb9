"""In which office somebody acts: their own, or that of somebody who is away and whose place they take.

Whoever takes a place stays who they are: they sign with their own name and signature, and never what they examined.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.permits.domain.application import Actor, Application
from services.permits.domain.condition import Text
from services.permits.domain.rules import Office, Rules
from services.permits.domain.stand_in import StandIn
from shared.kernel import Reject
from shared.town.absences import Absence
from shared.town.away import away
from shared.town.models import Town


@dataclass(frozen=True)
class Way:
    """To sign for this office of the application's rules; `stand_in`: in its holder's place."""

    office: Office
    stand_in: StandIn | None = None

    def says(self, language: str) -> str:
        """The office that one signs for, in that language, with whom it acts for."""
        if self.stand_in:
            return self.stand_in.says(language)
        above = self.office.acting_for
        return " · ".join(one.get(language) for one in (self.office.title, above) if one)


def ways_to_sign(rules: Rules, town: Town, own: Collection[str], at: datetime) -> list[Way]:
    """One's own offices, in the order in which they stand in for each other; then those whose holder is away."""
    absent = {one.office: one for one in away(town, at) if one.deputy in own}
    return [
        *(Way(office) for office in rules.offices if office.code in own),
        *(
            Way(office, _in_place_of(office, absent[office.code], town))
            for office in rules.offices
            if office.code in absent and office.code not in own
        ),
    ]


def _in_place_of(office: Office, absence: Absence, town: Town) -> StandIn:
    """The office that is away as the application's rules call it, the deputy's as the profile does today."""
    title = next(one.title for one in town.signatories if one.code == absence.deputy)
    return StandIn(
        office=absence.deputy,
        title=Text(th=title.th, en=title.en),
        capacity=absence.capacity,
        away=office.title,
        by_order=absence.order,
    )


def sign_as(
    signatory: Actor, rules: Rules, town: Town, own: Collection[str], at: datetime, asked: str | None = None
) -> tuple[str, Actor]:
    """For which office somebody signs, and as whom: for the one they ask for or else the first that they may sign for.
    The letter bears its title, so it must be theirs, or its holder away."""
    ways = ways_to_sign(rules, town, own, at)
    if not ways:
        raise Reject("no-office", "your account signs for no office that signs this permit type", status=403)
    way = next((one for one in ways if one.office.code == asked), None) if asked else ways[0]
    if way is not None:
        return way.office.code, signatory.model_copy(update={"stand_in": way.stand_in})
    if asked and asked not in own and asked in {office.code for office in rules.offices}:
        raise Reject("other-office", f"your account does not sign for the office {asked!r}", status=403)
    return asked or "", signatory


def examine_as(examiner: Actor, application: Application, town: Town, team: str | None, at: datetime) -> Actor:
    """An examiner of that team; in another's place where the application is that team's, and it is away."""
    theirs = application.pin.team if application.pin else None
    absence = next((one for one in away(town, at) if one.team and one.team == theirs and one.deputy == team), None)
    if absence is None or team is None:
        return examiner
    own, absent = (_team_name(town, code) for code in (team, absence.who))
    stand_in = StandIn(office=team, title=own, capacity="covering", away=absent, by_order=absence.order)
    return examiner.model_copy(update={"stand_in": stand_in})


def _team_name(town: Town, code: str) -> Text:
    return Text(th=town.team_name(code, "th"), en=town.team_name(code, "en"))
