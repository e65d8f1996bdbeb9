"""One report for people: where it stands, every step so far, and what its reader may do with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake.api.access import Reports, Seen, SeenReport, cause_of, followed, secret_of
from services.intake.api.requests import NewComment, Rating, Reacher, Reason
from services.intake.api.showing import showing
from services.intake.domain import resident
from services.intake.domain.report import By, Report
from services.intake.pages.timeline import fold
from services.intake.pages.words import complaints, line, tone
from shared.events import new_id
from shared.kernel import now
from shared.web import Problem, field_errors, language_of, page, rate_limit, web_of

M = TypeVar("M", bound=BaseModel)
router = APIRouter(prefix="/track/{reference}", include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]
Key = Annotated[str, Form(max_length=64)]
LIMITED = [Depends(rate_limit("residents", per_minute=60, burst=30))]
DONE = ("following", "unfollowed", "commented", "rated", "reopened", "withdrawn")  # what the page confirms


@router.get("")
async def track(request: Request, one: SeenReport, done: str = "") -> HTMLResponse:
    """`?secret=` of the reporter (or with `party=` of a follower) opens what they may do."""
    return _page(request, one, done=done if done in DONE else "")


@router.get("/comment")
@router.get("/follow")
async def again(request: Request, one: SeenReport) -> RedirectResponse:
    """Where a form that was shown again is reloaded or read in the other language."""
    return RedirectResponse(f"/track/{one.report.reference}{_query(request)}", 303)


@router.post("/comment", dependencies=LIMITED)
async def comment(request: Request, one: SeenReport, store: Reports, text: Text = "", key: Key = "") -> Response:
    one.viewer.need("reporter", "follower", "staff")
    by: By = one.viewer.role
    try:
        body = NewComment(text=text)
    except ValidationError as error:
        return _page(request, one, typed={"text": text}, wrong=_wrong(request, error))
    await store.step(
        one.case.id,
        lambda report, cause: resident.comment(report, cause.at, by=by, text=body.text),
        cause_of(key or None, "comment", one.case.id),
    )
    return _back(request, one, "commented")


@router.post("/follow", dependencies=LIMITED)
async def follow(
    request: Request, one: SeenReport, store: Reports, email: Text = "", phone: Text = "", key: Key = ""
) -> Response:
    typed = {"email": email, "phone": phone}
    try:
        contact = Reacher.model_validate(typed).contact(language_of(request))
    except ValidationError as error:
        return _page(request, one, typed=typed, wrong=_wrong(request, error))
    if not contact.reachable:
        missing = web_of(request).pages.words(language_of(request), "track.follow.no-contact")
        return _page(request, one, typed=typed, wrong={"email": missing})
    cause = cause_of(key or None, "follow", one.case.id)
    party = resident.follower(cause.id)
    await store.step(
        one.case.id, lambda report, judged: resident.follow(one.case.id, report, judged.at, party, contact), cause
    )
    secret = secret_of(request, one.case.id, party)
    return RedirectResponse(f"/track/{one.report.reference}?party={party}&secret={secret}&done=following", 303)


@router.post("/unfollow", dependencies=LIMITED)
async def unfollow(request: Request, one: SeenReport, store: Reports) -> RedirectResponse:
    """Pressed twice on a slow network it says the same again."""
    if not followed(request, one.case.id):
        one.viewer.need("follower")
    party = request.query_params["party"]
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
    return _back(request, one, "rated")


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
    return _back(request, one, "reopened")


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
    return _back(request, one, "withdrawn")


def _valid(request: Request, model: type[M], **values: object) -> M:
    """The form's fields as the API would take them; a page that says what is wrong otherwise."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Problem(422, "invalid", errors=field_errors(error, language_of(request))) from error


def _page(request: Request, one: Seen, *, done: str = "", typed: Mapping[str, str] | None = None,
          wrong: Mapping[str, str] | None = None) -> HTMLResponse:  # fmt: skip
    """The page; with a form as it was `typed` and what is `wrong` in it, by field."""
    report, viewer = one.report, one.viewer
    view = showing(request, viewer).report(report)
    lost = viewer.role == "public" and not {"secret", "party"}.isdisjoint(request.query_params)
    return page(
        request, "track.html", status_code=422 if wrong else 200, r=view, timeline=fold(view["timeline"]),
        viewer=viewer, tone=tone, line=line, done=done, lost=lost, typed=typed or {}, wrong=wrong or {},
        new_key=new_id, query=_query(request), inbox=_inbox(request, one), resume_at=_resume_at(report),
        hidden=report.sensitive or not report.listed,
        reopenable=report.reopenable(now()) and not report.is_open,
        rateable=report.state == "resolved" and report.stars is None,
        withdrawable=report.is_open and not any(entry.type == "withdrawn" for entry in report.timeline),
    )  # fmt: skip


def _resume_at(report: Report) -> datetime | None:
    """When the work that waits is meant to go on."""
    paused = [entry for entry in report.timeline if entry.type == "paused"]
    return paused[-1].resume_at if paused and report.state == "paused" else None


def _inbox(request: Request, one: Seen) -> str | None:
    """All that this reader was told, which notify shows for the same secret."""
    if one.viewer.role not in ("reporter", "follower"):
        return None
    party = {"party": one.viewer.party or ""} if one.viewer.role == "follower" else {}
    secret = secret_of(request, one.case.id, **party)
    return f"/inbox?{urlencode({'reference': one.report.reference, 'secret': secret, **party})}"


def _wrong(request: Request, error: ValidationError) -> dict[str, str]:
    return {one.field: one.message for one in complaints(request, error)}


def _back(request: Request, one: Seen, done: str) -> RedirectResponse:
    return RedirectResponse(f"/track/{one.report.reference}?{urlencode({**_kept(request), 'done': done})}", 303)


def _query(request: Request) -> str:
    """The secret that opened this page, for the forms on it."""
    kept = _kept(request)
    return f"?{urlencode(kept)}" if kept else ""


def _kept(request: Request) -> dict[str, str]:
    return {name: request.query_params[name] for name in ("secret", "party") if name in request.query_params}
