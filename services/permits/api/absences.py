"""Absences over HTTP: who is away and who takes their place, marked and ended by the staff."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.permits import absences
from services.permits.absence_bodies import NewAbsence
from services.permits.access import DESK_LIMITED, Colleague, Key, Member, TheDesk
from services.permits.commands import Desk
from services.permits.domain.absences import MarkedAbsence
from shared.kernel import Cause, fingerprint, now

router = APIRouter(prefix="/api/v1/permits/absences", tags=["desk"])
AbsenceId = Annotated[str, Path(max_length=40)]


@router.get("")
async def index(desk: TheDesk, _: Member) -> dict[str, Any]:
    """Those that were marked at the desk, the newest last, also what is over; `profile`: those that stand in the
    town's profile."""
    return _show_list(desk, await desk.store.absences.list_marked())


@router.post("", status_code=201, dependencies=[DESK_LIMITED])
async def mark(body: NewAbsence, desk: TheDesk, who: Colleague, key: Key) -> dict[str, Any]:
    """Somebody is away: their own absence by who signs or examines there, anybody's by a supervisor. From the first
    day on the deputy signs or examines in their place, in their own name. `id`: which one of the list it is."""
    scope = f"absences:{who.sub}"
    cause = Cause.request(key=key, scope=scope, content=fingerprint(body), by=who, act="absence-marked")
    after = await absences.mark_absence(desk, who, body.build_absence(), cause)
    return {"id": cause.id, **_show_list(desk, after.state.marked.values())}


@router.post("/{absence}/end", dependencies=[DESK_LIMITED])
async def end(absence: AbsenceId, desk: TheDesk, who: Colleague, key: Key) -> dict[str, Any]:
    """They are back before their last day, or do not go: nobody signs in their place from now on."""
    cause = Cause.request(key=key, scope=f"absences:{absence}:{who.sub}", by=who, act="absence-ended")
    after = await absences.end_absence(desk, who, absence, cause)
    return _show_list(desk, after.state.marked.values())


def _show_list(desk: Desk, marked: Iterable[MarkedAbsence]) -> dict[str, Any]:
    at = now()
    return {
        "items": [{**one.model_dump(), "over": one.over(at, desk.town)} for one in marked],
        "profile": [one.model_dump(mode="json") for one in desk.town.absences],
    }
