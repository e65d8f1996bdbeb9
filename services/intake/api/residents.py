"""What residents do with a report once it is in: comment, follow, withdraw, rate, reopen."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.intake.api.access import Reports, SeenReport, cause_of, secret_of
from services.intake.api.requests import NewComment, Rating, Reacher, Reason
from services.intake.api.showing import showing
from services.intake.domain import resident
from services.intake.domain.report import By
from shared.web import idempotency_key, language_of, rate_limit

Key = Annotated[str | None, Depends(idempotency_key)]
router = APIRouter(
    prefix="/api/v1/reports/{reference}",
    tags=["reports"],
    dependencies=[Depends(rate_limit("residents", per_minute=60, burst=30))],
)


@router.post("/comments", status_code=201)
async def comment(request: Request, one: SeenReport, store: Reports, body: NewComment, key: Key) -> dict[str, Any]:
    """By the reporter, a follower or staff; photos are uploaded first."""
    one.viewer.need("reporter", "follower", "staff")
    by: By = one.viewer.role
    photos = list(dict.fromkeys(body.photos))
    case = await store.step(
        one.case.id,
        lambda report, cause: resident.comment(report, cause.at, by=by, text=body.text, photos=photos),
        cause_of(key, "comment", one.case.id),
        photos,
    )
    return showing(request, one.viewer).report(case.state)


@router.post("/follow", status_code=201)
async def follow(request: Request, one: SeenReport, store: Reports, body: Reacher, key: Key) -> dict[str, Any]:
    """Be told too. The answer's `secret` with `party` ends it again."""
    contact = body.contact(language_of(request))
    cause = cause_of(key, "follow", one.case.id)
    party = resident.follower(cause.id)
    case = await store.step(
        one.case.id,
        lambda report, judged: resident.follow(one.case.id, report, judged.at, party, contact),
        cause,
    )
    secret = secret_of(request, one.case.id, party)
    return {"party": party, "secret": secret, "followers": case.state.follower_count}


@router.delete("/follow", status_code=204)
async def unfollow(one: SeenReport, store: Reports) -> Response:
    """With `?party=&secret=` of the answer to `follow`; the contact is erased everywhere."""
    one.viewer.need("follower")
    party = one.viewer.party or ""
    await store.step(
        one.case.id,
        lambda report, cause: resident.unfollow(report, cause.at, party),
        cause_of(None, "unfollow", one.case.id),
    )
    return Response(status_code=204)


@router.post("/withdraw")
async def withdraw(request: Request, one: SeenReport, store: Reports, body: Reason, key: Key) -> dict[str, Any]:
    """By the reporter; where others follow, the work goes on for them."""
    one.viewer.need("reporter")
    case = await store.step(
        one.case.id,
        lambda report, cause: resident.withdraw(report, cause.at, body.reason),
        cause_of(key, "withdraw", one.case.id),
    )
    return showing(request, one.viewer).report(case.state)


@router.post("/rating")
async def rate(request: Request, one: SeenReport, store: Reports, body: Rating, key: Key) -> dict[str, Any]:
    """By the reporter, once for each answer of the town."""
    one.viewer.need("reporter")
    case = await store.step(
        one.case.id,
        lambda report, cause: resident.rate(report, cause.at, stars=body.stars, text=body.text),
        cause_of(key, "rate", one.case.id),
    )
    return showing(request, one.viewer).report(case.state)


@router.post("/reopen")
async def reopen(request: Request, one: SeenReport, store: Reports, body: Reason, key: Key) -> dict[str, Any]:
    """By the reporter, within the profile's days from the resolution."""
    one.viewer.need("reporter")
    case = await store.step(
        one.case.id,
        lambda report, cause: resident.reopen(report, cause.at, body.reason),
        cause_of(key, "reopen", one.case.id),
    )
    return showing(request, one.viewer).report(case.state)
