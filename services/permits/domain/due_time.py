"""Whether what others are given time for, or a visit, still ends before the decision is due: said before it is done."""

from datetime import datetime

from services.permits.domain.application import Application
from shared.kernel import Reject
from shared.town.models import Town

DAYS_MOST = 60  # working days that anybody is given


def decision_due(application: Application) -> datetime | None:
    """When the decision is due; None while no clock runs, and once it is decided."""
    return None if application.decision else application.due_at


def need_in_time(application: Application, ends_at: datetime, *, beyond_due: bool) -> dict[str, str]:
    """Reject what ends after the due time, unless whoever does it knows; what its line in the timeline says of it."""
    due = decision_due(application)
    if due is None or ends_at <= due:
        return {}
    if not beyond_due:
        raise Reject(
            "beyond-due",
            f"the decision is due {due.isoformat()} and this ends {ends_at.isoformat()}: choose an earlier end, or say"
            " `beyond_due`",
            status=422,
        )
    return {"beyond": due.isoformat()}


def count_days_in_time(application: Application, town: Town, at: datetime) -> int | None:
    """The most working days that somebody can be given then, and answer in time; None: no clock runs."""
    due = decision_due(application)
    if due is None:
        return None
    ends = (town.calendar.add_working_days(at, days) for days in range(1, DAYS_MOST + 1))
    return sum(end <= due for end in ends)
