"""What became of each notice, for staff: on each channel its state, reason and attempts, never an address."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.notify.access import TheDesk, TheSight, find_file
from services.notify.commands import Desk
from services.notify.domain.delivery import Delivery, State
from services.notify.domain.notice import Notice
from services.notify.queries import Filter
from shared.events.notices import NoticeChannel
from shared.kernel import Case
from shared.web import Paging, Problem, read_paging

router = APIRouter(prefix="/api/v1/deliveries", tags=["deliveries"])
CaseId = Annotated[str | None, Query(max_length=40)]


@router.get("")
async def index(
    desk: TheDesk,
    sight: TheSight,
    page: Annotated[Paging, Depends(read_paging)],
    case: CaseId = None,
    reference: Annotated[str | None, Query(max_length=60)] = None,
    state: State | None = None,
    channel: NoticeChannel | None = None,
) -> dict[str, Any]:
    """Newest first, of those that the asker may read; of one case by `case=` (its id) or `reference=`, or of all;
    `state` and `channel` of a delivery."""
    if reference is not None:
        case = await _case_of(desk, reference)
    wanted = Filter(case_id=case, state=state, channel=channel, sight=sight)
    found = await desk.store.list_newest(wanted, page.fetch, _before(page))
    answer = page.answer(found, lambda one: (one.id,))
    return {**answer, "items": [_show_notice(one) for one in answer["items"]]}


@router.get("/{notice_id}")
async def read(desk: TheDesk, sight: TheSight, notice_id: str) -> dict[str, Any]:
    """One notice; one that the asker may not read is as unknown as one that is not there."""
    found = await desk.store.notices.get(notice_id)
    if found is None or not sight.reads(found.state):
        raise Problem(404, "unknown-notice")
    return _show_notice(found)


async def _case_of(desk: Desk, reference: str) -> str:
    """The case of a typed reference; for one that nobody has, an id that no notice has: who may not read a case's
    notices must not learn from the answer that there is one."""
    try:
        return (await find_file(desk, reference)).id
    except Problem:
        return ""


def _before(page: Paging) -> str | None:
    match page.after:
        case None:
            return None
        case (str() as notice_id,):
            return notice_id
    raise Problem(400, "cursor")


def _show_notice(case: Case[Notice]) -> dict[str, Any]:
    one = case.state
    return {
        "id": case.id,
        "case_id": one.case_id,
        "reference": one.reference,
        "event_id": one.event_id,
        "about": one.about,
        "audience": one.audience,
        "recipient": one.party or one.recipient,
        "template": one.template,
        "urgent": one.urgent,
        "happened_at": one.happened_at,
        "created_at": one.created_at,
        "outcome": one.outcome,
        "reason": one.reason,
        "deliveries": [_delivery(delivery) for delivery in one.deliveries],
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "state": one.state,
        "reason": one.reason,
        "attempts": one.attempts,
        "changed_at": one.changed_at,
        "next_attempt_at": one.due_at,
    }
