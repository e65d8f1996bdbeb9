"""What became of each message, for staff: state, reason and attempts, never an address."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from services.notify.api.access import TheStore, find
from services.notify.domain.delivery import Delivery, State
from services.notify.store import Wanted
from shared.events.notices import NoticeChannel
from shared.kernel import Case
from shared.web import Paging, Problem, paging, staff

router = APIRouter(prefix="/api/v1/deliveries", tags=["deliveries"])
CaseId = Annotated[str | None, Query(max_length=40)]


@router.get("", dependencies=[Depends(staff())])
async def index(
    request: Request,
    store: TheStore,
    page: Annotated[Paging, Depends(paging)],
    case: CaseId = None,
    reference: Annotated[str | None, Query(max_length=60)] = None,
    state: State | None = None,
    channel: NoticeChannel | None = None,
) -> dict[str, Any]:
    """Newest first; of one case by `case=` (its id) or `reference=`, or of all."""
    if reference is not None:
        case = (await find(request, store, reference)).id
    wanted = Wanted(case_id=case, state=state, channel=channel)
    found = await store.newest(wanted, page.fetch, _before(page))
    answer = page.answer(found, lambda one: (one.id,))
    return {**answer, "items": [_shown(one) for one in answer["items"]]}


@router.get("/{delivery_id}", dependencies=[Depends(staff())])
async def read(store: TheStore, delivery_id: str) -> dict[str, Any]:
    """One delivery."""
    found = await store.deliveries.get(delivery_id)
    if found is None:
        raise Problem(404, "unknown-delivery")
    return _shown(found)


def _before(page: Paging) -> str | None:
    match page.after:
        case None:
            return None
        case (str() as delivery_id,):
            return delivery_id
    raise Problem(400, "cursor")


def _shown(case: Case[Delivery]) -> dict[str, Any]:
    one = case.state
    return {
        "id": case.id, "case_id": one.case_id, "reference": one.reference, "event_id": one.event_id,
        "about": one.about, "audience": one.audience, "recipient": one.party or one.recipient, "channel": one.channel,
        "template": one.template, "urgent": one.urgent, "state": one.state, "reason": one.reason,
        "attempts": one.attempts, "happened_at": one.happened_at, "created_at": one.created_at,
        "changed_at": one.changed_at, "next_attempt_at": one.wake_at,
    }  # fmt: skip
