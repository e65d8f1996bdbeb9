"""The desk's incidents for programs: the proposals, one in full with its reports, and what officers do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.dispatch import incident_acts as acts
from services.dispatch import incident_bodies as bodies
from services.dispatch.access import Key, Officer, TheDesk
from services.dispatch.api.incident_views import Detail, Details, Members, place_in, row_of, show_to_staff
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident, IncidentState
from services.dispatch.incident_acts import Asked
from services.dispatch.incident_merging import merge_incident
from services.dispatch.incident_reopening import reopen_incident
from shared.kernel import Case, Reject
from shared.web import Paging, read_paging

router = APIRouter(prefix="/api/v1/desk/incidents", tags=["incidents"])


class Wanted(BaseModel):
    """`state` may be given several times."""

    state: list[IncidentState] = ["proposed", "open"]


@router.get("")
async def list_all(
    desk: TheDesk, _: Officer, paged: Annotated[Paging, Depends(read_paging)], wanted: Annotated[Wanted, Query()]
) -> Details:
    """Proposals and open ones, or those of the states that are asked for."""
    found = await desk.store.list_incidents(wanted.state, place_in(paged), paged.fetch)
    page = paged.answer(found, lambda case: (case.id,))
    return Details(items=await show_to_staff(desk, page["items"]), next=page["next"])


@router.post("", status_code=201)
async def open_by_hand(desk: TheDesk, who: Officer, key: Key, body: bodies.Open) -> Detail:
    """Several reports are one incident, also of a category for which none is found by itself."""
    return await _show_one(desk, await acts.open_incident(desk, Asked(who, "open-incident", body, key), body))


@router.get("/{incident_id}")
async def get_one(incident_id: str, desk: TheDesk, _: Officer) -> Detail:
    """One incident, whatever its state."""
    return await _detail(desk, incident_id)


@router.get("/{incident_id}/reports")
async def list_reports(
    incident_id: str, desk: TheDesk, _: Officer, paged: Annotated[Paging, Depends(read_paging)]
) -> Members:
    """The reports in it, or proposed for it."""
    found = await desk.store.list_members(incident_id, ("proposed", "joined"), place_in(paged) or "", paged.fetch)
    page = paged.answer(found, lambda case: (case.id,))
    return Members(items=[row_of(case) for case in page["items"]], next=page["next"])


@router.post("/{incident_id}/confirm")
async def confirm(
    incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Confirm | None = None
) -> Detail:
    """The proposal is one: its reports are told."""
    said = body or bodies.Confirm()
    asked = Asked(who, "confirm-incident", said, key)
    return await _show_one(desk, await acts.confirm_incident(desk, asked, incident_id, said))


@router.post("/{incident_id}/deny")
async def deny(incident_id: str, desk: TheDesk, who: Officer, key: Key) -> Detail:
    """The proposal is none: it does not come back for the same reports."""
    return await _show_one(
        desk, await acts.deny_incident(desk, Asked(who, "deny-incident", bodies.Deny(), key), incident_id)
    )


@router.post("/{incident_id}/announce")
async def announce(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Announce) -> Detail:
    """Until when it is expected to last, and what the town says of it: every reporter and follower is told."""
    asked = Asked(who, "announce-incident", body, key)
    return await _show_one(desk, await acts.announce(desk, asked, incident_id, body))


@router.post("/{incident_id}/reports")
async def add(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Add) -> Detail:
    """Reports belong to it too, wherever they are."""
    await acts.add_reports(desk, Asked(who, "add-incident", body, key), incident_id, body)
    return await _detail(desk, incident_id)


@router.post("/{incident_id}/remove")
async def remove(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Remove) -> Detail:
    """A report does not belong to it: its own work goes on, by what was promised to it."""
    await acts.remove_report(desk, Asked(who, "remove-incident", body, key), incident_id, body)
    return await _detail(desk, incident_id)


@router.post("/{incident_id}/merge")
async def merge(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Merge) -> Detail:
    """It is part of another one that goes on: its reports are there from now on, and each is told of it once."""
    asked = Asked(who, "merge-incident", body, key)
    return await _show_one(desk, await merge_incident(desk, asked, incident_id, body))


@router.post("/{incident_id}/close")
async def close(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Close) -> Detail:
    """It is over, and with it the work of all its reports: each is told."""
    asked = Asked(who, "close-incident", body, key)
    return await _show_one(desk, await acts.close_incident(desk, asked, incident_id, body))


@router.post("/{incident_id}/reopen")
async def reopen(incident_id: str, desk: TheDesk, who: Officer, key: Key, body: bodies.Reopen) -> Detail:
    """It was closed by mistake and goes on: whoever was told that it is over is told so. Possible for as long as its
    reports may be opened again."""
    asked = Asked(who, "reopen-incident", body, key)
    return await _show_one(desk, await reopen_incident(desk, asked, incident_id, body))


async def _detail(desk: Desk, incident_id: str) -> Detail:
    case = await desk.store.incidents.get(incident_id)
    if case is None:
        raise Reject("unknown-incident", f"There is no incident {incident_id}.", status=404)
    return await _show_one(desk, case)


async def _show_one(desk: Desk, case: Case[Incident]) -> Detail:
    return (await show_to_staff(desk, [case]))[0]
