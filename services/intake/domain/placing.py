"""Where a report stands by who has its work, and how it opens again when the town sends that work back or says that its
incident is not over after all."""

from typing import Any

from services.intake.domain.report import Report
from services.intake.domain.states import State
from shared.events.incidents import IncidentWentOn
from shared.events.work_orders import WorkOrderEvent, WorkOrderSentBack


def with_a_team(news: WorkOrderEvent) -> bool:
    """Whether a team has the work; else a person chooses one."""
    return news.team is not None and news.level != "triage"


def find_untaken_state(news: WorkOrderEvent) -> State:
    """Where a report stands whose work nobody has taken yet."""
    return "assigned" if with_a_team(news) else "received"


def open_again(report: Report, news: WorkOrderSentBack, holder: str) -> Report:
    """The town itself is not satisfied: the same work goes on. Nothing changes where the resident has said so before,
    or where the time for it is over; dispatch goes by the same days."""
    if report.state != "resolved" or report.work_order != holder:
        return report
    return _open_anew(report, news, holder, due_at=news.due_at)


def go_on_with_incident(report: Report, news: IncidentWentOn) -> Report:
    """Its incident is not over: nothing of its end stays, and what was promised to the report stands. Nothing changes
    where the resident has said so before: that is new work, and no incident's."""
    if report.state != "resolved" or report.incident != news.incident_id:
        return report
    return _open_anew(report, news, news.work_order_id, agency=news.agency)


def _open_anew(report: Report, news: WorkOrderEvent, holder: str, **more: Any) -> Report:
    others = [order for order in report.ended_orders if order != holder]
    nothing = dict.fromkeys(("outcome", "resolved_at", "reopen_until", "stars"))
    held: dict[str, Any] = {"work_order": holder, "team": news.team, "level": news.level, "was_late": False, **more}
    return report.model_copy(update={**nothing, **held, "state": find_untaken_state(news), "ended_orders": others})
