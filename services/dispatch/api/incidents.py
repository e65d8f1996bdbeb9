"""Incidents that are known, for everybody; what staff see and do is in `desk_incidents.py`."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.dispatch.access import TheDesk
from services.dispatch.api.incident_views import Incidents, Known, is_public, place_in, show_to_all
from services.dispatch.domain.incident import IncidentState
from shared.kernel import Reject
from shared.web import Paging, every_site, rate_limit, read_paging

router = APIRouter(
    prefix="/api/v1/incidents",
    tags=["incidents"],
    dependencies=[Depends(every_site), Depends(rate_limit("incidents", per_minute=120, burst=40))],
)
KNOWN: tuple[IncidentState, ...] = ("open", "resolved")


@router.get("")
async def list_known(desk: TheDesk, paged: Annotated[Paging, Depends(read_paging)], over: bool = False) -> Incidents:
    """Those that go on, or with `over=true` those that are over; a proposal is nobody's business yet."""
    states: tuple[IncidentState, ...] = ("resolved",) if over else ("open",)
    found = await desk.store.list_incidents(states, place_in(paged), paged.fetch)
    page = paged.answer(found, lambda case: (case.id,))
    shown = [show_to_all(case) for case in page["items"] if is_public(desk.town, case.state)]
    return Incidents(items=shown, next=page["next"])


@router.get("/{incident_id}")
async def get_known(incident_id: str, desk: TheDesk) -> Known:
    """One of them; 404 also for a proposal and for what the public is not told of."""
    case = await desk.store.incidents.get(incident_id)
    if case is None or case.state.state not in KNOWN or not is_public(desk.town, case.state):
        raise Reject("unknown-incident", f"There is no incident {incident_id}.", status=404)
    return show_to_all(case)
