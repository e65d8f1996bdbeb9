"""What an agency says of the work that it was given, by its board, by the link of a message or by phone to the desk.

What it says of work that is no longer with it is kept in the history and told to the town's people; it moves nothing.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.dispatch.domain.history import Acting
from services.dispatch.domain.referral import Referral, Standing, find_next_reminder, renew_link, stop_clocks
from services.dispatch.domain.referring import give_back_fields, list_link_fields
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.agencies import AgencyAnswer, WorkOrderAgencyAnswered
from shared.kernel import Reject, Step
from shared.town import Town

LATEST = timedelta(days=366)  # what an agency expects later than this is no date but a refusal
LINE = {  # in the history
    "received": "agency_received",
    "asked": "agency_asked",
    "answered": "agency_answered",
    "declined": "agency_declined",
    "done": "agency_done",
}


def receive(
    town: Town, order: WorkOrder, acting: Acting, *, agency_reference: str | None = None, note: str | None = None
) -> Step[WorkOrder]:
    """It is there, perhaps under a number of theirs; the town still waits for what they will do."""
    return _say(town, order, acting, "received", agency_reference=agency_reference, note=note)


def answer(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    agency_reference: str | None = None,
    expected_on: date | None = None,
    note: str | None = None,
) -> Step[WorkOrder]:
    """What they will do, and by when. From that day on the town waits for word that it is done."""
    if not (agency_reference or expected_on or note):
        raise Reject("agency-says-nothing", "Give a reference, a day or a word.", status=422)
    expected = _end_of(town, expected_on, acting.happened) if expected_on else None
    return _say(town, order, acting, "answered", agency_reference=agency_reference, note=note, expected_at=expected)


def ask(
    town: Town, order: WorkOrder, acting: Acting, *, note: str, agency_reference: str | None = None
) -> Step[WorkOrder]:
    """They need to know more; the town replies, and until then they owe nothing."""
    return _say(town, order, acting, "asked", agency_reference=agency_reference, note=note)


def decline(town: Town, order: WorkOrder, acting: Acting, *, note: str) -> Step[WorkOrder]:
    """Not theirs, and why: the town's team has it again."""
    return _say(town, order, acting, "declined", note=note)


def report_done(town: Town, order: WorkOrder, acting: Acting, *, note: str | None = None) -> Step[WorkOrder]:
    """Done, by what they say; the town looks and closes it."""
    return _say(town, order, acting, "done", note=note)


def _say(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    said: AgencyAnswer,
    *,
    agency_reference: str | None = None,
    note: str | None = None,
    expected_at: datetime | None = None,
) -> Step[WorkOrder]:
    referral = order.referral
    if referral is None:
        raise Reject("not-referred", "No agency was given it.")
    facts = {"agency": referral.agency, "answer": said}
    facts |= {"reference": agency_reference} if agency_reference else {}
    facts |= {"expected": expected_at.isoformat()} if expected_at else {}
    words: dict[str, Any] = {"agency_reference": agency_reference, "note": note, "expected_at": expected_at}
    if not order.is_open or not referral.holds:
        used = referral.model_copy(update={"link_used": referral.link})
        late = change(order, "agency_came_late", acting, text=note, facts=facts, referral=used)
        told = list_common_fields(town, late, acting) | {"agency": referral.agency}
        return Step(late, [WorkOrderAgencyAnswered(**told, answer=said, late=True, **words)])
    after_that = _after(town, referral, said, acting.happened, words)
    changes = give_back_fields(town, order, acting.happened) if said == "declined" else {}
    after = change(order, LINE[said], acting, text=note, facts=facts, referral=after_that, **changes)
    told = list_common_fields(town, after, acting) | {"agency": referral.agency} | list_link_fields(after_that)
    known = words | {"agency_reference": after_that.agency_reference}
    return Step(after, [WorkOrderAgencyAnswered(**told, answer=said, **known)])


def _after(town: Town, referral: Referral, said: Standing, at: datetime, words: dict[str, Any]) -> Referral:
    """How it stands when the agency has said that; each word of theirs brings them a new link for the next."""
    known = {name: value for name, value in words.items() if value is not None}
    spoken = referral.model_copy(update={**known, "status": said, "at": at, "why": None, "link_used": referral.link})
    if said in ("received", "answered"):
        return renew_link(_set_due(town, spoken, said, at), at)
    return stop_clocks(spoken)


def _set_due(town: Town, referral: Referral, said: Standing, at: datetime) -> Referral:
    """When their next word is due: by the clock as it runs, and once they have named a day, on that day."""
    agency = town.agencies.get(referral.agency)
    if said == "answered":
        fresh = stop_clocks(referral).model_copy(update={"reminders": 0, "overdue_at": None})
        return fresh.model_copy(update={"answer_by": referral.expected_at})
    return referral.model_copy(update={"remind_at": find_next_reminder(town, agency, at)})


def _end_of(town: Town, day: date, at: datetime) -> datetime:
    """The last minute of that day in the town; 422 for one that has passed or is far away."""
    expected = datetime.combine(day, time(23, 59), ZoneInfo(town.timezone)).astimezone(at.tzinfo)
    if not at <= expected <= at + LATEST:
        raise Reject("expected-day", "The day must be today or later, at most a year ahead.", status=422)
    return expected
