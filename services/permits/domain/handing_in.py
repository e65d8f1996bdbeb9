"""What an applicant does: open a draft, fill it in, hand it in, answer, correct it, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.permits.domain import clock as clocks
from services.permits.domain.application import (
    UNDECIDED,
    Actor,
    Applicant,
    Application,
    Location,
    need_state,
    with_entry,
    with_values,
)
from services.permits.domain.bill import state_fees
from services.permits.domain.clock import Clock
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.facts import list_facts
from services.permits.domain.footprint import need_near, read_footprint
from services.permits.domain.invoices import waive
from services.permits.domain.plan import LandUse, land_use_of
from services.permits.domain.readiness import list_lacking
from services.permits.domain.rules import Pin, Rules, is_offered
from services.permits.domain.search_keys import DEED, with_search_keys
from services.permits.domain.survey import Parcel, parcel_of
from shared.events.base import Event, Place
from shared.events.contacts import ContactRecorded
from shared.events.permits import (
    Lane,
    PermitClosed,
    PermitLinkRenewed,
    PermitReopened,
    PermitResumed,
    PermitSubmitted,
    PermitWithdrawn,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town
from shared.town.places import is_rough

APPLICANT = "applicant"  # the one party of an application


def open_draft(current: Application | None, cause: Cause, draft: Application) -> Step[Application] | None:
    """A new application; one that is there already stays as it is."""
    return Step(with_entry(draft, cause, "opened", Actor())) if current is None else None


@dataclass(frozen=True)
class Plot:
    """Where it is to be built, and in which village and zone of the town plan that lies today."""

    location: Location
    zone: str | None
    land_use: LandUse | None
    parcel: Parcel | None


def plot_of(town: Town, location: Location, form: Mapping[str, str]) -> Plot:
    """The plot of a place, and of the deed that the form names. The office has no say beyond the town's bounds, which
    are a box around all of it."""
    latitude, longitude = location.latitude, location.longitude
    if not town.bounds.holds(latitude, longitude):
        raise Reject("outside-town", "the place lies outside the town; check latitude and longitude", status=422)
    if is_rough(location.accuracy_m):
        raise Reject("rough-place", "the device hardly knows its place; set the pin on the plot by hand", status=422)
    if location.footprint:
        location = location.model_copy(update={"footprint": read_footprint(location.footprint)})
        need_near(location.footprint, longitude, latitude)
    zone = town.zone_of(latitude, longitude)
    land_use = land_use_of(town, latitude, longitude)
    return Plot(location, zone.code if zone else None, land_use, parcel_for(town, location, form))


def parcel_for(town: Town, location: Location, form: Mapping[str, str]) -> Parcel | None:
    """The parcel of a form's deed, or else of its pin; None where the plan has no layer of parcels."""
    return parcel_of(town, form.get(DEED, ""), location.longitude, location.latitude)


def can_go_on(town: Town, application: Application) -> bool:
    """False for a draft of a type that the profile has lost: it can be looked at and withdrawn."""
    return application.pin is not None or is_offered(town, application.type)


def fill_in(application: Application, form: dict[str, str], plot: Plot, applicant: Applicant) -> Step[Application]:
    """Change what was written before anybody accepted it; whoever left a contact before leaves the new one too."""
    need_state(application, "change the form", "draft", "documents-requested")
    if not application.editable:
        raise Reject("wrong-state", "cannot change the form: it is accepted as it was; documents alone can be replaced")
    moved: dict[str, object] = {"location": plot.location, "zone": plot.zone}
    pin_moved = _round_place(plot.location) != _round_place(application.location)
    if application.pin is not None and pin_moved:  # the plan of its day otherwise stays, as its rules do
        moved["land_use"] = plot.land_use
    if application.pin is not None and (pin_moved or form.get(DEED) != application.form.get(DEED)):
        moved["parcel"] = plot.parcel
    if (form, plot.location, applicant.name) != (application.form, application.location, application.applicant.name):
        moved["declared_at"] = None  # it was said of other answers
    after = with_values(application, form=form, applicant=applicant, **moved)
    known = application.submitted_at is not None and applicant != application.applicant
    return Step(after, contacts=[contact_of(after)] if known else ())


def _round_place(where: Location) -> tuple[float, float]:
    return where.latitude, where.longitude


def submit(
    application: Application,
    cause: Cause,
    rules: Rules,
    town: Town,
    *,
    declared: bool = False,
    lane: Lane | None = None,
) -> Step[Application]:
    """Hand in for the first time, or answer a request; a paused clock runs on.

    The first time fixes the rules: whatever the profile becomes, this application is judged by those of this day. It
    needs the declaration that what is written is true; what was corrected later needs it again. `lane`: as it is hoped.
    """
    need_state(application, "hand in", "draft", "documents-requested")
    first = application.state == "draft"
    if not can_go_on(town, application):
        raise Reject("type-gone", "applications of this permit type are not taken any more")
    missing = list_lacking(application, rules.permit)
    if application.clock is not None:  # accepted as it was: nothing but documents can be handed in, or was asked for
        missing = [document.code for document in list_missing_documents(application, rules.permit)]
    if missing:
        raise Reject("incomplete", f"still missing: {', '.join(missing)}", status=422)
    corrected = application.clock is None and application.declared_at is None
    if not declared and (first or application.amending or corrected):
        raise Reject("declaration", "declare that what is written is true: `declared`", status=422)
    if application.clock is not None:
        return _resume(application, cause, town, application.clock)
    where = application.location
    after = with_values(
        application,
        state="submitted",
        request=None,
        pin=application.pin or Pin.of(rules, cause.at),
        land_use=application.land_use if application.pin else land_use_of(town, where.latitude, where.longitude),
        parcel=application.parcel if application.pin else parcel_for(town, where, application.form),
        submitted_at=application.submitted_at or cause.at,
        declared_at=cause.at if declared else application.declared_at,
        stated=state_fees(rules.permit.fees_for(application.form), cause.at),
        check=clocks.start_check(rules.permit.check, town, cause.at),
    )
    event = PermitSubmitted(
        **list_facts(after),
        submitted_at=cause.at,
        again=not first,
        check_due_at=after.check_due_at,
        lane=lane,
        location=_place(application.location),
        language=application.applicant.language,
        link_number=after.link_number,
        parties=[APPLICANT],
    )
    entry = "submitted" if first else "amended" if application.amending else "answered"
    after = with_search_keys(with_entry(after, cause, entry, Actor()))
    return Step(after, [event], [contact_of(application)] if first else ())


def find_answer_time(application: Application) -> datetime | None:
    """When its applicant last answered a request or sent it in corrected; None: it was handed in once."""
    times = (line.at for line in reversed(application.timeline) if line.type in ("answered", "amended", "resumed"))
    return next(times, None)


def _resume(application: Application, cause: Cause, town: Town, clock: Clock) -> Step[Application]:
    running = clocks.resume(clock, town, cause.at)
    after = with_values(application, state="accepted", request=None, clock=running)
    event = PermitResumed(**list_facts(application), due_at=running.due_at)
    return Step(with_entry(after, cause, "resumed", Actor(), due_at=running.due_at.isoformat()), [event])


def amend(application: Application, cause: Cause) -> Step[Application]:
    """Take it back to correct it, before anybody has found it complete. Nobody looks at it until it comes again."""
    need_state(application, "correct it", "submitted")
    after = with_values(application, state="documents-requested", request=None, check=None)
    return Step(with_entry(after, cause, "amending", Actor()), [PermitReopened(**list_facts(application))])


def withdraw(application: Application, cause: Cause, actor: Actor, reason: str) -> Step[Application]:
    """The applicant takes it back, or an officer whom they asked to, who says so; the clock stops for good."""
    need_state(application, "withdraw", *UNDECIDED)
    if actor.level != "applicant" and not reason:  # else a refusal could be had without its legal reason
        raise Reject("reason", "say why it is withdrawn for the applicant, and who asked for it", status=422)
    stopped = clocks.stop(application.clock) if application.clock else None
    after = waive(with_values(application, state="withdrawn", clock=stopped, closed_at=cause.at))
    after = with_entry(after, cause, "withdrawn", actor, reason)
    events: list[Event] = []
    if application.submitted_at is not None:  # nobody has heard of a draft
        events.append(PermitWithdrawn(**list_facts(application), actor=actor.subject, reason=reason or None))
        events.append(PermitClosed(**list_facts(application), reason="withdrawn"))
    return Step(after, events)


def renew_link(application: Application) -> Step[Application]:
    """The link before opens nothing any more. Nobody has heard of a draft: it tells the number when it is handed in."""
    number = application.link_number + 1
    after = with_values(application, link_number=number)
    if application.submitted_at is None:
        return Step(after)
    return Step(after, (PermitLinkRenewed(**list_facts(application), number=number),))


def find_touch_time(application: Application) -> datetime:
    """When it was begun, or the last line was added to its timeline: changes of the form add none."""
    return application.timeline[-1].at if application.timeline else application.created_at


def find_draft_expiry(application: Application, days: int) -> datetime:
    """When a draft that nobody touches again is forgotten."""
    return find_touch_time(application) + timedelta(days=days)


def expire_draft(application: Application, cause: Cause, days: int) -> Step[Application] | None:
    """From now on nobody can hand it in any more, so that its files can go: the moment `removal` does that."""
    if application.state != "draft" or find_draft_expiry(application, days) > cause.at:
        return None
    return Step(with_values(application, state="withdrawn", closed_at=cause.at, removable_at=cause.at))


def _place(location: Location) -> Place:
    return Place(
        latitude=location.latitude,
        longitude=location.longitude,
        accuracy_m=location.accuracy_m,
        address=location.address,
    )


def contact_of(application: Application) -> ContactRecorded:
    """How its applicant is reached, for notify alone."""
    who = application.applicant
    return ContactRecorded(
        case_id=application.id,
        party=APPLICANT,
        name=who.name,
        email=who.email,
        phone=who.phone,
        line_id=who.line_id,
        language=who.language,
        took_over_at=application.took_over_at,
        consent=who.consent,
    )
