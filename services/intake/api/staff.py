"""What staff do with a report itself (work on it is dispatch's): correct it, make duplicates one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.intake.api.access import Reports, SeenReport, Viewer, cause_of, find
from services.intake.api.requests import Amendment, Merge
from services.intake.api.showing import showing
from services.intake.domain.staff import absorb, amend, merge, refuse_merge
from shared.events import derive_id
from shared.kernel import Cause, now
from shared.web import Person, idempotency_key, staff

Officer = Annotated[Person, Depends(staff("officer", "supervisor"))]
Key = Annotated[str | None, Depends(idempotency_key)]
router = APIRouter(prefix="/api/v1/reports/{reference}", tags=["staff"])
STAFF = Viewer("staff")


@router.patch("")
async def correct(
    request: Request, one: SeenReport, store: Reports, body: Amendment, key: Key, _who: Officer
) -> dict[str, Any]:
    """Category, text or place; what is left out stays."""
    place = body.location.location() if body.location else None
    case = await store.step(
        one.case.id,
        lambda report, cause: amend(
            report, cause.at, store.town, category=body.category, text=body.text, location=place
        ),
        cause_of(key, "amend", one.case.id),
    )
    return showing(request, STAFF).report(case.state)


@router.post("/merge")
async def join(request: Request, one: SeenReport, store: Reports, body: Merge, _who: Officer) -> dict[str, Any]:
    """This report is a duplicate of `into`, which takes over everybody who follows it. Repeating it is harmless."""
    into = await find(request, store, body.into)
    refuse_merge(one.case.id, one.report, into.id, into.state)
    # Two cases are two writes. The survivor is first, by causes that belong to the pair: whoever repeats the request
    # after a crash in between finishes it, and no follower is counted twice or lost.
    pair = derive_id(one.case.id, "merge", into.id, str(one.report.reopened))
    await store.step(
        into.id, lambda report, cause: absorb(report, cause.at, one.report), Cause(pair, one.case.id, now())
    )
    case = await store.step(
        one.case.id,
        lambda report, cause: merge(report, cause.at, into.id, into.state.reference),
        Cause(pair, "", now()),
    )
    return showing(request, STAFF).report(case.state)
