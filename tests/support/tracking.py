"""The page of one report, as its reporter or everybody sees it, and what other services say meanwhile."""

from typing import Any

from services.intake.domain.progress import record_work
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Cause
from tests.support.intake import Intake
from tests.support.reports import ORDER, work

HTML = {"Accept": "text/html"}


async def record(service: Intake, made: dict[str, str], event: type[WorkOrderEvent], **data: Any) -> None:
    """Dispatch says so."""
    said = work(event, report_id=made["id"], reference=made["reference"], **data)
    await service.store.step(
        made["id"],
        lambda report, cause: record_work(report, said, ORDER, cause.at, late=False, reopen_days=14),
        Cause.request(),
    )


async def shown(service: Intake, made: dict[str, str], *, mine: bool = True, **query: str) -> str:
    """The page as its reporter or everybody sees it."""
    secret = {"secret": made["secret"]} if mine else {}
    service.http.cookies.clear()
    page = f"/track/{made['reference']}"
    answer = await service.http.get(page, params={**secret, **query}, headers=HTML, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def card(html: str, name: str) -> str:
    """One card of the page by its id."""
    return html.partition(f'id="{name}"')[2].partition("</section>")[0]


def holder(html: str) -> str:
    """The card that says who has it."""
    return html.partition('class="card holder"')[2].partition("</section>")[0]
