"""What residents do with a report once it is in: comment, follow, withdraw, rate, reopen."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.intake import commands
from services.intake.access import Key, TheDesk, TheVisit, link_of, secret_of
from services.intake.api.views import timeline_page, view_visit
from services.intake.bodies import ContactBody, NewComment, Rating, Reason
from services.intake.commands import Desk, Visit
from services.intake.domain.report import Report
from shared.kernel import Case
from shared.web import language_of, rate_limit
from shared.web.case_keys import CaseKey

router = APIRouter(
    prefix="/api/v1/reports/{reference}",
    tags=["reports"],
    dependencies=[Depends(rate_limit("residents", per_minute=60, burst=30))],
)


@router.post("/comments", status_code=201)
async def comment(request: Request, desk: TheDesk, visit: TheVisit, body: NewComment, key: Key) -> dict[str, Any]:
    """By the reporter, a follower or staff; photos are uploaded first."""
    return await _answer(request, desk, visit, await commands.comment_report(desk, visit, body.text, body.photos, key))


@router.post("/follow", status_code=201)
async def follow(request: Request, desk: TheDesk, visit: TheVisit, body: ContactBody, key: Key) -> dict[str, Any]:
    """Be told too. The answer's `secret` with `party` ends it again.

    `secret` is null for whoever follows already, unless the same `Idempotency-Key` asks again: the link of an e-mail
    address is in the mail that was sent there.
    """
    following = await commands.follow_report(desk, visit, body.contact(language_of(request)), key)
    secret = secret_of(request, visit.case, following.party) if following.link_is_theirs else None
    return {"party": following.party, "secret": secret, "followers": following.followers}


@router.delete("/follow", status_code=204)
async def unfollow(desk: TheDesk, visit: TheVisit) -> Response:
    """With `?party=&secret=` of the answer to `follow`; the contact is erased everywhere."""
    await commands.unfollow_report(desk, visit)
    return Response(status_code=204)


@router.post("/link")
async def renew_link(request: Request, desk: TheDesk, visit: TheVisit, key: Key) -> dict[str, str]:
    """A new secret link for the reporter; the one before opens nothing any more."""
    case = await commands.renew_link(desk, visit, key)
    own = CaseKey(secret_of(request, case))
    return {"secret": own.secret, "tracking_url": link_of(request, case.state.reference, own)}


@router.post("/withdraw")
async def withdraw(request: Request, desk: TheDesk, visit: TheVisit, body: Reason, key: Key) -> dict[str, Any]:
    """By the reporter; where others follow, the work goes on for them."""
    return await _answer(request, desk, visit, await commands.withdraw_report(desk, visit, body.reason, key))


@router.post("/rating")
async def rate(request: Request, desk: TheDesk, visit: TheVisit, body: Rating, key: Key) -> dict[str, Any]:
    """By the reporter, once for each answer of the town."""
    return await _answer(request, desk, visit, await commands.rate_answer(desk, visit, body.stars, body.text, key))


@router.post("/reopen")
async def reopen(request: Request, desk: TheDesk, visit: TheVisit, body: Reason, key: Key) -> dict[str, Any]:
    """By the reporter, within the profile's days from the resolution."""
    return await _answer(request, desk, visit, await commands.reopen_report(desk, visit, body.reason, key))


async def _answer(request: Request, desk: Desk, visit: Visit, case: Case[Report]) -> dict[str, Any]:
    """The report as its viewer sees it after the act."""
    view = await view_visit(request, desk, Visit(case, visit.viewer))
    return view.report(case.state, timeline_page(await desk.store.read_timeline(case)))
