"""By when an applicant answers a request for more, where the profile says so. Time alone reminds them, and tells the
office; it refuses nothing: what happens then is for an officer to decide."""

from datetime import datetime

from services.permits.domain.application import SYSTEM, Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.paper import Request
from services.permits.domain.permit_type import PermitType
from services.permits.domain.reaching import reminder_at
from shared.events.permits import PermitAnswerAwaited
from shared.kernel import Cause, Step
from shared.town.models import Town


def ask(
    application: Application, permit: PermitType, town: Town, at: datetime, requirements: tuple[str, ...], note: str
) -> Request:
    """What is asked for now. Its lane gives so many working days, once it has one, or else its type; or nobody does."""
    lane = permit.lane(application.clock.lane) if application.clock else None
    days = (lane.answer_days if lane else None) or permit.answer_days
    asked = Request(requirements=requirements, note=note, at=at)
    if days is None:
        return asked
    until = {"answer_by": town.calendar.add_working_days(at, days), "remind_at": reminder_at(town, at, days)}
    return asked.model_copy(update=until)


def find_awaited(application: Application) -> Request | None:
    """The request that its applicant is to answer by a day."""
    asked = application.request if application.state == "documents-requested" else None
    return asked if asked and asked.answer_by else None


def is_late(application: Application, at: datetime) -> bool:
    """Whether the day for an answer that is asked for has passed; False where nothing is asked or no day is set."""
    asked = find_awaited(application)
    return asked is not None and asked.answer_by is not None and asked.answer_by <= at


def find_next_due(application: Application) -> datetime | None:
    """When they are reminded, or the office hears that they have not answered."""
    asked = find_awaited(application)
    return None if asked is None or asked.late_noted else asked.remind_at or asked.answer_by


def chase(application: Application, cause: Cause) -> Step[Application] | None:
    """Remind them before it is over; say to both sides when it is."""
    asked, due = find_awaited(application), find_next_due(application)
    if asked is None or asked.answer_by is None or due is None or due > cause.at:
        return None
    late = is_late(application, cause.at)
    noted = asked.model_copy(update={"remind_at": None, "late_noted": late})
    event = PermitAnswerAwaited(
        **list_facts(application), requirements=list(asked.requirements), answer_by=asked.answer_by, late=late
    )
    after, until = with_values(application, request=noted), asked.answer_by.isoformat()
    return Step(with_entry(after, cause, "answer-late" if late else "answer-reminded", SYSTEM, due_at=until), [event])
