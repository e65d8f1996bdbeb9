"""One report for people: where it stands, every step so far, and what its reader may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake import commands
from services.intake.access import TheDesk, TheVisit, as_follower, secret_of
from services.intake.api.views import timeline_page, view_for
from services.intake.bodies import ContactBody, NewComment, Rating, Reason
from services.intake.commands import Desk, Visit
from services.intake.domain.resident import withdrawable
from services.intake.domain.states import look_of, tone_of
from services.intake.pages.timeline import arrange
from services.intake.pages.words import field_problems
from shared.events.ids import new_id
from shared.kernel import now
from shared.web import Problem, field_errors, language_of, page, rate_limit, web_of

M = TypeVar("M", bound=BaseModel)
router = APIRouter(prefix="/track/{reference}", include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]
Key = Annotated[str, Form(max_length=64)]
LIMITED = [Depends(rate_limit("residents", per_minute=60, burst=30))]
DONE = ("following", "unfollowed", "commented", "rated", "reopened", "withdrawn")  # what the page confirms


@dataclass(frozen=True)
class Draft:
    """A form that could not be taken: what was typed into it, and what is wrong, by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("")
async def track(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    done: str = "",
    before: Annotated[int | None, Query(ge=0)] = None,
) -> HTMLResponse:
    """`?secret=` of the reporter (or with `party=` of a follower) opens what they may do. `before`: earlier steps."""
    return await _page(request, desk, visit, done=done if done in DONE else "", before=before)


@router.get("/comment")
@router.get("/follow")
async def again(request: Request, visit: TheVisit) -> RedirectResponse:
    """Where a form that was shown again is reloaded or read in the other language."""
    return RedirectResponse(f"/track/{visit.report.reference}{_query(request)}", 303)


@router.post("/comment", dependencies=LIMITED)
async def comment(request: Request, desk: TheDesk, visit: TheVisit, text: Text = "", key: Key = "") -> Response:
    try:
        body = NewComment(text=text)
    except ValidationError as error:
        visit.viewer.must_be("reporter", "follower", "staff")
        return await _page(request, desk, visit, Draft({"text": text}, _wrong(request, error)))
    await commands.comment_report(desk, visit, body.text, key=key or None)
    return _back(request, visit, "commented")


@router.post("/follow", dependencies=LIMITED)
async def follow(
    request: Request, desk: TheDesk, visit: TheVisit, email: Text = "", phone: Text = "", key: Key = ""
) -> Response:
    typed = {"email": email, "phone": phone}
    try:
        contact = ContactBody.model_validate(typed).contact(language_of(request))
    except ValidationError as error:
        return await _page(request, desk, visit, Draft(typed, _wrong(request, error)))
    if not contact.reachable:
        missing = web_of(request).pages.words(language_of(request), "track.follow.no-contact")
        return await _page(request, desk, visit, Draft(typed, {"email": missing}))
    party = (await commands.follow_report(desk, visit, contact, key or None)).party
    secret = secret_of(request, visit.case.id, party)
    return RedirectResponse(f"/track/{visit.report.reference}?party={party}&secret={secret}&done=following", 303)


@router.post("/unfollow", dependencies=LIMITED)
async def unfollow(request: Request, desk: TheDesk, visit: TheVisit) -> RedirectResponse:
    """Pressed twice on a slow network it says the same again."""
    await commands.unfollow_report(desk, as_follower(request, visit))
    return RedirectResponse(f"/track/{visit.report.reference}?done=unfollowed", 303)


@router.post("/rate", dependencies=LIMITED)
async def rate(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    stars: Annotated[int, Form(ge=1, le=5)],
    remark: Text = "",
    key: Key = "",
) -> RedirectResponse:
    body = _valid(request, Rating, stars=stars, text=remark)
    await commands.rate_answer(desk, visit, body.stars, body.text, key or None)
    return _back(request, visit, "rated")


@router.post("/reopen", dependencies=LIMITED)
async def reopen(
    request: Request, desk: TheDesk, visit: TheVisit, reason: Text = "", key: Key = ""
) -> RedirectResponse:
    await commands.reopen_report(desk, visit, _valid(request, Reason, reason=reason).reason, key or None)
    return _back(request, visit, "reopened")


@router.post("/withdraw", dependencies=LIMITED)
async def withdraw(
    request: Request, desk: TheDesk, visit: TheVisit, reason: Text = "", key: Key = ""
) -> RedirectResponse:
    await commands.withdraw_report(desk, visit, _valid(request, Reason, reason=reason).reason, key or None)
    return _back(request, visit, "withdrawn")


def _valid(request: Request, model: type[M], **values: object) -> M:
    """The form's fields as the API would take them; a page that says what is wrong otherwise."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Problem(422, "invalid", errors=field_errors(error, language_of(request))) from error


async def _page(
    request: Request,
    desk: Desk,
    visit: Visit,
    draft: Draft | None = None,
    *,
    done: str = "",
    before: int | None = None,
) -> HTMLResponse:
    """The page; with a form as it was typed and what is wrong in it."""
    report, viewer, draft = visit.report, visit.viewer, draft or Draft()
    lines = timeline_page(await desk.store.timeline(visit.case), before)
    view = view_for(request, viewer)
    shown = view.report(report, lines)
    return page(
        request,
        "track.html",
        status_code=422 if draft.wrong else 200,
        r=shown,
        word=view.word,
        timeline=arrange(shown["timeline"]),
        earlier=_address(request, visit, before=lines.earlier) if lines.earlier else None,
        latest=_address(request, visit) if before is not None else None,
        viewer=viewer,
        tone=tone_of,
        line=look_of,
        done=done,
        lost=viewer.role == "public" and not {"secret", "party"}.isdisjoint(request.query_params),
        typed=draft.typed,
        wrong=draft.wrong,
        new_key=new_id,
        query=_query(request),
        inbox=_inbox(request, visit),
        resume_at=report.resume_at if report.state == "paused" else None,
        hidden=report.sensitive or not report.listed,
        is_open=report.is_open,
        reopenable=report.reopenable(now()) and not report.is_open,
        rateable=report.state == "resolved" and report.stars is None,
        withdrawable=withdrawable(report),
        followable=report.state != "closed" or report.merged_into is not None,
    )


def _inbox(request: Request, visit: Visit) -> str | None:
    """All that this reader was told, which notify shows for the same secret."""
    if visit.viewer.role not in ("reporter", "follower"):
        return None
    party = {"party": visit.viewer.party} if visit.viewer.role == "follower" else {}
    secret = secret_of(request, visit.case.id, **party)
    return f"/inbox?{urlencode({'reference': visit.report.reference, 'secret': secret, **party})}"


def _wrong(request: Request, error: ValidationError) -> dict[str, str]:
    return {one.field: one.message for one in field_problems(request, error)}


def _back(request: Request, visit: Visit, done: str) -> RedirectResponse:
    return RedirectResponse(_address(request, visit, done=done), 303)


def _address(request: Request, visit: Visit, **more: object) -> str:
    return f"/track/{visit.report.reference}?{urlencode({**_link(request), **more})}"


def _query(request: Request) -> str:
    """The secret that opened this page, for the forms on it."""
    link = _link(request)
    return f"?{urlencode(link)}" if link else ""


def _link(request: Request) -> dict[str, str]:
    return {name: request.query_params[name] for name in ("secret", "party") if name in request.query_params}
