"""Work as an agency sees it that it was referred to: what it was told, where it is, and what was said since."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from services.dispatch.domain.history import Entry
from services.dispatch.domain.referral import Standing
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.work_order import WorkOrder
from shared.agency_links import PhotoPass, photo_pass, photo_path
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.kernel import Case, Lenient
from shared.readers import sight_of
from shared.times import read_time
from shared.town import Town

PHOTOS_OPEN = timedelta(hours=1)  # those of a page that is looked at now
# Lines of the history that are between the town and the agency; who of the town wrote them is not said.
BETWEEN = (
    "referred",
    "agency_written",
    "agency_reminded",
    "agency_overdue",
    "taken_back",
    "agency_received",
    "agency_asked",
    "agency_answered",
    "agency_declined",
    "agency_done",
    "agency_came_late",
)


class Said(BaseModel):
    """One word between the town and the agency."""

    at: datetime
    what: str
    text: str | None
    agency_reference: str | None
    expected_at: datetime | None


class Contact(BaseModel):
    """Whom of the town to call."""

    name: str
    phone: str | None
    email: str | None


class ReferralSummary(BaseModel):
    """One line of an agency's list."""

    id: str
    version: int
    reference: str
    category: str
    category_name: str
    text: str | None
    location: Place | None
    zone: str | None
    standing: Annotated[Standing, Lenient]
    is_open: bool  # the agency has it, and the town waits for the end of it
    outcome: Annotated[Outcome, Lenient] | None  # how it ended for an agency that had it to the end; None: it has not
    referred_at: datetime | None
    answer_by: datetime | None
    overdue: bool
    due_at: datetime | None
    agency_reference: str | None
    expected_at: datetime | None


class ReferralDetail(ReferralSummary):
    """Everything that the agency may know of it."""

    photos: list[str]
    contact: Contact
    said: list[Said]


def list_referral(town: Town, case: Case[WorkOrder], language: str) -> ReferralSummary:
    """A referral as an agency's list shows it: all but what only its own page has."""
    return ReferralSummary(**_short(town, case, language))


def show_referral(
    town: Town, case: Case[WorkOrder], history: Sequence[Entry], language: str, key: str, at: datetime
) -> ReferralDetail:
    """The long form; `key` signs the addresses of the photos, which open for an hour, and for as long as it has the
    work."""
    order = case.state
    return ReferralDetail(
        **_short(town, case, language),
        photos=_photos(town, case, key, at),
        contact=_contact(town, order, language),
        said=[_show_entry(entry) for entry in between(order, history)],
    )


def _photos(town: Town, case: Case[WorkOrder], key: str, at: datetime) -> list[str]:
    order, referral = case.state, case.state.referral
    sees = sight_of("agency", openness_under(town, order)).pictures
    if referral is None or not (sees and referral.holds):
        return []
    given = PhotoPass(case.id, referral.agency, referral.photos, at + PHOTOS_OPEN)
    token = photo_pass(key, order.reference, given)
    return [photo_path(order.reference, number, token) for number in range(1, given.photos + 1)]


def between(order: WorkOrder, history: Sequence[Entry]) -> list[Entry]:
    """The lines between the town and the agency that has it, or had it last."""
    agency = order.referral.agency if order.referral else ""
    return [line for line in history if line.what in BETWEEN and line.facts.get("agency") == agency]


def _short(town: Town, case: Case[WorkOrder], language: str) -> dict[str, Any]:
    order, referral = case.state, case.state.referral
    if referral is None:
        raise LookupError(f"{case.id} was never referred")
    sight = sight_of("agency", openness_under(town, order))
    return {
        "id": case.id,
        "version": case.version,
        "reference": order.reference,
        "category": order.category,
        "category_name": town.category_name(order.category, language),
        "text": referral.text,
        "location": order.place.for_event() if order.place and sight.where == "exact" else None,
        "zone": order.zone,
        "standing": referral.status,
        "is_open": order.is_open and referral.holds,
        "outcome": order.outcome if referral.holds and not order.is_open else None,
        "referred_at": referral.referred_at,
        "answer_by": referral.answer_by,
        "overdue": order.is_open and referral.is_overdue,
        "due_at": order.due_at if sight.ways else None,
        "agency_reference": referral.agency_reference,
        "expected_at": referral.expected_at,
    }


def _contact(town: Town, order: WorkOrder, language: str) -> Contact:
    team, office = town.teams.get(order.team), town.contact
    phone = (team.phone if team else None) or office.phone
    email = (team.email if team else None) or office.email
    return Contact(name=town.team_name(order.team, language), phone=phone, email=email)


def _show_entry(entry: Entry) -> Said:
    expected = entry.facts.get("expected")
    return Said(
        at=entry.happened,
        what=entry.what,
        text=entry.text,
        agency_reference=entry.facts.get("reference"),
        expected_at=read_time(expected) if expected else None,
    )
