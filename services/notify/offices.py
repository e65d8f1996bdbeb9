"""Offices and agencies as recipients, and where the town's profile says that they are reached. No person's data."""

from typing import cast, get_args

from services.notify.domain.notice import Notice
from shared.events.work_orders import Level
from shared.town import Town
from shared.town.models import Post


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
            permit = str(notice.data.get("permit_type"))
            signing = (one for one in town.signatories if not one.permits or permit in one.permits)
            return next((one.email for one in signing if one.email), None)
        case _:
            level, _, team = rest.partition(":")
            post = post_of(town, level, team or None)
            return post.email if post else None


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
