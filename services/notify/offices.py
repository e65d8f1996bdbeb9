"""Offices and agencies as recipients, and where the town's profile says that they are reached. No person's data."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from services.notify.domain.file import Heard
from services.notify.domain.notice import Notice
from services.notify.domain.planning import OFFICE, Deputies
from shared.events.work_orders import Level
from shared.town import Town
from shared.town.absences import KeptAbsence
from shared.town.away import away, with_marked
from shared.town.models import Post, Signatory


def office_address(town: Town, notice: Notice, channel: str) -> str | None:
    """Where this channel reaches an office or an agency; None: it does not."""
    if notice.agency:
        return _of_agency(town, notice.agency, channel)
    return mailbox(town, notice) if channel == "email" else None


def mailbox(town: Town, notice: Notice) -> str | None:
    """Where mail is read; an office without a mailbox is reached through triage, which passes it on."""
    if notice.agency:
        return _of_agency(town, notice.agency, "email")
    return _own(town, notice) or town.teams[town.triage].email


def _own(town: Town, notice: Notice) -> str | None:
    kind, _, rest = notice.recipient.partition(":")
    match kind:
        case "team":
            return _of_team(town, rest)
        case "examiner":  # examiners sit with the team that answers for the permit type
            return _of_team(town, notice.team)
        case "signatory":
            signing = _list_signing(town, notice.data)
            return next((one.email for one in signing if one.email), None)
        case "office":  # a deputy
            return next((one.email for one in town.signatories if one.code == rest), None)
        case _:
            level, _, team = rest.partition(":")
            post = post_of(town, level, team or None)
            return post.email if post else None


def deputies_in(town: Town, marked: Sequence[KeptAbsence] = ()) -> Deputies:
    """Who hears of an event too because an office, a level or a team's examiners were away when it happened: by the
    profile, or as it was `marked` at the permit desk."""

    def deputies(recipient: str, heard: Heard) -> Sequence[str]:
        kind, _, rest = recipient.partition(":")
        absent = away(with_marked(town, marked, heard.at), heard.at)
        match kind:
            case "examiner":
                return [f"team:{one.deputy}" for one in absent if one.team and one.team == heard.team]
            case "signatory":
                told = next((one.code for one in _list_signing(town, heard.data) if one.email), None)
                return [f"{OFFICE}:{one.deputy}" for one in absent if one.office and one.office == told]
            case "level":
                level = rest.partition(":")[0]
                return [f"{OFFICE}:{one.deputy}" for one in absent if one.level and one.level == level]
        return ()

    return deputies


def _list_signing(town: Town, data: Mapping[str, Any]) -> list[Signatory]:
    """The offices that sign this type of permit, in the order in which they stand in for each other."""
    permit = str(data.get("permit_type"))
    return [one for one in town.signatories if not one.permits or permit in one.permits]


def _of_team(town: Town, team: str | None) -> str | None:
    return town.teams[team].email if team in town.teams else None


def _of_agency(town: Town, code: str, channel: str) -> str | None:
    agency = town.agencies.get(code)
    if agency is None:
        return None
    ways = {"email": agency.email, "webhook": agency.webhook.url if agency.webhook else None}
    return ways.get(channel)


def post_of(town: Town, level: str, team: str | None) -> Post | None:
    """Who holds a level, if it is one of the town's ladder."""
    return town.post(cast(Level, level), team) if level in get_args(Level) else None
