"""Work on a report that was merged by mistake and goes its own way again: the work before it was called off with the
merge, so it begins anew, by today's rules and with clocks that run from now. Only what does the work of an incident was
not called off: that is its work still."""

from datetime import datetime

from services.dispatch.domain.from_report import begin, carry_over
from services.dispatch.domain.history import Acting, officer_of
from services.dispatch.domain.parts import AboutReport
from services.dispatch.domain.routing import Facts
from services.dispatch.domain.work_order import WorkOrder, change
from shared.events.reports import ReportSeparated
from shared.kernel import Step
from shared.town import Town


def is_still_its_own(order: WorkOrder, event: ReportSeparated) -> bool:
    """Whether the work has gone on all the while, or has been taken up again by this very event."""
    return order.report.apart == event.times or (order.is_open and order.leads)


def take_up(order: WorkOrder, event: ReportSeparated, at: datetime) -> Step[WorkOrder] | None:
    """It is the report's own again, wherever it has got to by now. None: that is known."""
    if order.report.apart == event.times:
        return None
    after = order.with_report(state="open", apart=event.times)
    return Step(change(after, "report_separated", Acting(officer_of(event), at), text=event.from_reference))


def begin_apart(
    town: Town, event: ReportSeparated, report: AboutReport, before: WorkOrder | None, facts: Facts, at: datetime
) -> Step[WorkOrder]:
    """What was said to the work before goes with it, and so does how often the report had been reopened."""
    said = {"photos": event.photos, "followers": event.followers}
    again = {"reopened": before.reopened, "reopened_because": before.reopened_because} if before else {}
    return begin(town, event, report, facts, at, **{**carry_over(before), **again, **said})
