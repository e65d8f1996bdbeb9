"""Taking in a report: what is accepted, what is refused and why, and what the town says first."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.intake.domain.answers import check_answers
from services.intake.domain.place import judge_place
from services.intake.domain.report import REPORTER, Actor, Entry, Language, Location, Report, make_event
from shared.events.contacts import ContactRecorded
from shared.events.reports import Channel, ReportKind, ReportSubmitted
from shared.kernel import Reject, Step
from shared.readers import Openness, openness_of, with_public_form
from shared.town import Town
from shared.town.models import Category

PHOTOS_MOST = 5
TAKEN_DOWN: tuple[Channel, ...] = ("phone", "counter", "desk")  # by an officer, who heard whose address it is
ADDRESS_ANSWER = "address"  # where an address without degrees travels, so that the crew still reads it


class Contact(BaseModel):
    """How to reach somebody. It leaves on the private topic and is not kept here."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    line_id: str | None = None
    language: Language = "th"
    consent: bool = True

    @property
    def reachable(self) -> bool:
        """There is more than a name."""
        return any((self.phone, self.email, self.line_id))

    def tell_recorded(self, case_id: str, party: str, *, confirmed: bool = False) -> ContactRecorded:
        """As notify hears of it. `confirmed`: an officer took it down; anybody may have typed any other."""
        return ContactRecorded(case_id=case_id, party=party, confirmed=confirmed, **self.model_dump())


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a resident sends, as `bodies.py` has checked it."""

    kind: ReportKind | None = None
    channel: Channel = "web"
    category: str
    text: str
    location: Location | None = None
    contact: Contact | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[str] = ()
    language: Language = "th"
    incident: str | None = None  # the known one that the reporter says it is

    @cached_property
    def fingerprint(self) -> str:
        """Of what somebody wrote. The language may be that of the request: a report that waited on a phone, and is sent
        again by a page in the other language, is the same report."""
        contact = self.contact.model_copy(update={"language": "th"}) if self.contact else None
        written = _SUBMISSION.dump_json(replace(self, language="th", contact=contact))
        return hashlib.sha256(written).hexdigest()[:32]


_SUBMISSION = TypeAdapter(Submission)


def submit(
    case_id: str, reference: str, new: Submission, town: Town, at: datetime, *, taker: Actor | None = None
) -> Step[Report]:
    """The new report, or a `Reject` that says what to correct. `taker`: the officer who took it down for somebody."""
    category = need_category(new.category, town)
    coarse = is_sensitive(category)
    kind = new.kind or _choose_kind(category, new.location)
    openness = openness_of(sensitive=coarse, shown=category.public)
    photos = list(dict.fromkeys(new.photos))
    place = judge_place(new.location, kind)
    answers = check_answers(category, new.answers)
    point = degrees_of(place)
    contact = new.contact if new.contact and (new.contact.reachable or new.contact.name) else None
    report = Report(
        reference=reference,
        fingerprint=new.fingerprint,
        kind=kind,
        channel=new.channel,
        category=new.category,
        sensitive=coarse,
        listed=category.public,
        **with_public_form("text", new.text, openness),
        location=place,
        shown_at=place.public_point(coarse=coarse) if place else None,
        zone=zone_of(town, point),
        outside_town=point is not None and not town.bounds.holds(*point),
        answers=answers,
        photos=photos,
        public_photos=list(range(1, len(photos) + 1)) if openness == "open" else [],
        language=new.language,
        submitted_at=at,
        updated_at=at,
        timeline=[_note_received(at, openness, taker if new.channel in TAKEN_DOWN else None)],
    )
    contacts = (contact.tell_recorded(case_id, REPORTER, confirmed=new.channel in TAKEN_DOWN),) if contact else ()
    return Step(report, (_tell_submitted(report, [REPORTER] if contact else [], new.incident),), contacts)


def _note_received(at: datetime, openness: Openness, taker: Actor | None) -> Entry:
    """Who said it, or who wrote down what somebody said."""
    return Entry(at=at, type="received", by="staff" if taker else "reporter", actor=taker, openness=openness)


def _choose_kind(category: Category, place: Location | None) -> ReportKind:
    """Who says where means a problem there; a question has no place."""
    return "problem" if place and "problem" in category.kinds else category.kinds[0]


def refuse_other_content(report: Report, new: Submission) -> None:
    """A key used for something else is the client's mistake; if it were not told, a report would be lost."""
    if report.fingerprint != new.fingerprint:
        raise Reject("idempotency-key-reused", "this Idempotency-Key was used for another report", status=422)


def degrees_of(place: Location | None) -> tuple[float, float] | None:
    """(latitude, longitude) of a place that has them."""
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def zone_of(town: Town, point: tuple[float, float] | None) -> str | None:
    """The code of the zone that holds (latitude, longitude)."""
    zone = town.zone_of(*point) if point else None
    return zone.code if zone else None


def is_sensitive(category: Category) -> bool:
    """Whether reports of it travel as sensitive; what the public is not to see at all is never told exactly either."""
    return category.sensitive or not category.public


def list_event_answers(report: Report) -> dict[str, str]:
    """The answers as dispatch hears them, with an address that has no degrees."""
    location = report.location
    if location and location.address and location.place() is None:
        return {**report.answers, ADDRESS_ANSWER: location.address}
    return report.answers


def _tell_submitted(report: Report, parties: list[str], incident: str | None) -> ReportSubmitted:
    return make_event(
        ReportSubmitted,
        report,
        **tell_whole(report),
        submitted_at=report.submitted_at,
        incident_id=incident,
        language=report.language,
        parties=parties,
    )


def tell_whole(report: Report) -> dict[str, Any]:
    """All of it that work can begin with, as events say it."""
    return {
        "kind": report.kind,
        "channel": report.channel,
        "zone": report.zone,
        "outside_town": report.outside_town,
        "location": report.location.place() if report.location else None,
        "text": report.text,
        "public_text": report.public_text,
        "answers": list_event_answers(report),
        "photos": len(report.photos),
    }


def need_category(code: str, town: Town) -> Category:
    """The profile's category, or the refusal that it has none of that code."""
    category = town.categories.get(code)
    if category is None:
        known = ", ".join(town.categories)
        raise Reject("unknown-category", f"there is no category {code!r}; known are {known}", status=422)
    return category
