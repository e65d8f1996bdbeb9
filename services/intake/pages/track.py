"""One report for people: where it stands, every step so far, and what its reader may do with it."""

from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse

from services.intake.api.access import Reports, Seen, SeenReport, cause_of, secret_of
from services.intake.api.requests import NewComment, Rating, Reacher, Reason
from services.intake.api.showing import showing
from services.intake.domain import resident
from services.intake.domain.report import By
from services.intake.pages.words import line, tone
from shared.events import new_id
from shared.kernel import now
from shared.web import Problem, field_errors, language_of, page, rate_limit

M = TypeVar("M", bound=BaseModel)
router = APIRouter(prefix="/track/{reference}", include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]
Key = Annotated[str, Form(max_length=64)]
LIMITED = [Depends(rate_limit("residents", per_minute=60, burst=30))]


@router.get("")
async def track(request: Request, one: SeenReport, done: str = "") -> HTMLResponse:
    """`?secret=` of the reporter (or with `party=` of a follower) opens what they may do."""
    report, viewer = one.report, one.viewer
    view = showing(request, viewer).report(report)
    return page(
        request, "track.html", r=view, viewer=viewer, tone=tone, line=line, done=done, new_key=new_id,
        query=_query(request), reopenable=report.reopenable(now()) and not report.is_open,
        rateable=report.state == "resolved" and report.stars is None,
        withdrawable=report.is_open and not any(entry.type == "withdrawn" for entry in report.timeline),
    )  # fmt: skip


@router.post("/comment", dependencies=LIMITED)
async def comment(
    request: Request, one: SeenReport, store: Reports, text: Text = "", key: Key = ""
) -> RedirectResponse:
    one.viewer.need("reporter", "follower", "staff")
    by: By = one.viewer.role
    body = _valid(request, NewComment, text=text)
    await store.step(
        one.case.id,
        lambda report, cause: resident.comment(report, cause.at, by=by, text=body.text),
        cause_of(key or None, "comment", one.case.id),
    )
    return _back(request, one)


@router.post("/follow", dependencies=LIMITED)
async def follow(
    request: Request, one: SeenReport, store: Reports, email: Text = "", phone: Text = "", key: Key = ""
) -> RedirectResponse:
    contact = _valid(request, Reacher, email=email, phone=phone).contact(language_of(request))
    cause = cause_of(key or None, "follow", one.case.id)
    party = resident.follower(cause.id)
    await store.step(
        one.case.id, lambda report, judged: resident.follow(one.case.id, report, judged.at, party, contact), cause
    )
    secret = secret_of(request, one.case.id, party)
    return RedirectResponse(f"/track/{one.report.reference}?party={party}&secret={secret}&done=following", 303)


@router.post("/unfollow", dependencies=LIMITED)
async def unfollow(one: SeenReport, store: Reports) -> RedirectResponse:
    one.viewer.need("follower")
    party = one.viewer.party or ""
    await store.step(
        one.case.id,
        lambda report, cause: resident.unfollow(report, cause.at, party),
        cause_of(None, "unfollow", one.case.id),
    )
    return RedirectResponse(f"/track/{one.report.reference}?done=unfollowed", 303)


@router.post("/rate", dependencies=LIMITED)
async def rate(
    request: Request, one: SeenReport, store: Reports, stars: Annotated[int, Form(ge=1, le=5)], remark: Text = "",
    key: Key = "",
) -> RedirectResponse:  # fmt: skip
    one.viewer.need("reporter")
    body = _valid(request, Rating, stars=stars, text=remark)
    await store.step(
        one.case.id,
        lambda report, cause: resident.rate(report, cause.at, stars=body.stars, text=body.text),
        cause_of(key or None, "rate", one.case.id),
    )
    return _back(request, one)


@router.post("/reopen", dependencies=LIMITED)
async def reopen(
    request: Request, one: SeenReport, store: Reports, reason: Text = "", key: Key = ""
) -> RedirectResponse:
    one.viewer.need("reporter")
    body = _valid(request, Reason, reason=reason)
    await store.step(
        one.case.id,
        lambda report, cause: resident.reopen(report, cause.at, body.reason),
        cause_of(key or None, "reopen", one.case.id),
    )
    return _back(request, one)


@router.post("/withdraw", dependencies=LIMITED)
async def withdraw(
    request: Request, one: SeenReport, store: Reports, reason: Text = "", key: Key = ""
) -> RedirectResponse:
    one.viewer.need("reporter")
    body = _valid(request, Reason, reason=reason)
    await store.step(
        one.case.id,
        lambda report, cause: resident.withdraw(report, cause.at, body.reason),
        cause_of(key or None, "withdraw", one.case.id),
    )
    return _back(request, one)


def _valid(request: Request, model: type[M], **values: object) -> M:
    """The form's fields as the API would take them; a page that says what is wrong otherwise."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Problem(422, "invalid", errors=field_errors(error, language_of(request))) from error


def _back(request: Request, one: Seen) -> RedirectResponse:
    return RedirectResponse(f"/track/{one.report.reference}{_query(request)}", 303)


def _query(request: Request) -> str:
    """The secret that opened this page, for the forms on it and the way back."""
    kept = {name: request.query_params[name] for name in ("secret", "party") if name in request.query_params}
    return f"?{urlencode(kept)}" if kept else ""
