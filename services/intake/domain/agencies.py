"""What an agency outside the town means for a report: the lines that it leaves, and what the report says of it."""

from typing import Any

from services.intake.domain.report import Report
from services.intake.domain.states import State
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.work_orders import WorkOrderCancelled, WorkOrderEvent

Changes = dict[str, Any]
GIVEN_MOST = 20  # works of one report that agencies have: shares of a split one
_HAS_IT_NO_MORE: Changes = {"agency": None, "agency_reference": None, "agency_expected_at": None}


def write_agency_line(news: WorkOrderEvent) -> Changes | None:
    """The line of the timeline; None: the event is not about an agency. What is written to it is its own affair."""
    match news:
        case WorkOrderReferred():
            return {"type": "referred", "agency": news.agency, "status": news.status}
        case WorkOrderAgencyTold():
            return {"type": "agency_told", "agency": news.agency, "status": news.status}
        case WorkOrderAgencyAnswered():
            return {
                "type": "agency_answered",
                "agency": news.agency,
                "status": news.answer,
                "note": news.note,
                "private_note": news.agency_reference,
                "expected_at": news.expected_at,
            }
        case WorkOrderAgencyChased():
            return {"type": "agency_chased", "agency": news.agency, "status": news.reason}
        case WorkOrderTakenBack():
            return {"type": "taken_back", "agency": news.agency}
        case _:
            return None


def list_agency_changes(report: Report, news: WorkOrderEvent) -> Changes | None:
    """What it changes of the report; None: the event is not about an agency."""
    match news:
        case WorkOrderReferred():
            return {**_HAS_IT_NO_MORE, "state": "referred", "agency": news.agency}
        case WorkOrderAgencyTold(status="failed") | WorkOrderAgencyAnswered(answer="declined", late=False):
            return _back(report, news)
        case WorkOrderTakenBack():
            return _back(report, news)
        case WorkOrderAgencyAnswered(late=False):
            known = {"agency_reference": news.agency_reference, "agency_expected_at": news.expected_at}
            return {name: value for name, value in known.items() if value is not None}
        case WorkOrderAgencyTold() | WorkOrderAgencyChased() | WorkOrderAgencyAnswered():
            return {}
        case _:
            return None


def list_agencies(report: Report, news: WorkOrderEvent, order: str) -> dict[str, str]:
    """By work, the agency that has it and may see the report's photos, after this event: of a share of split work too,
    for which the whole speaks otherwise. A report that has ended is opened to nobody more."""
    others = {one: agency for one, agency in report.given_to.items() if one != order}
    match news:
        case WorkOrderReferred() if news.agency and report.is_open:
            return {**dict([*others.items()][-(GIVEN_MOST - 1) :]), order: news.agency}
        case WorkOrderAgencyTold(status="failed") | WorkOrderAgencyAnswered(answer="declined", late=False):
            return others
        case WorkOrderTakenBack() | WorkOrderCancelled():
            return others
        case _:
            return report.given_to


def has_it(report: Report, order: str, agency: str) -> bool:
    """Whether the agency has the report by this work."""
    return report.given_to.get(order) == agency


def _back(report: Report, news: WorkOrderEvent) -> Changes:
    """With the town's own team, which had it in hand when it referred it."""
    state: State = "acknowledged" if news.team is not None and news.level != "triage" else "received"
    return {**_HAS_IT_NO_MORE, **({"state": state} if report.state == "referred" else {})}
