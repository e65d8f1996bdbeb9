"""One report for people: where it stands, every step so far, and what its reader may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake import commands
from services.intake.access import TheDesk, TheVisit, as_follower, link_of, own_key, secret_of
from services.intake.api.outages import outage_view
from services.intake.api.photos import LIMIT as PHOTO_LIMIT
from services.intake.api.views import timeline_page, view_visit
from services.intake.bodies import ContactBody, NewComment, Rating, Reason
from services.intake.commands import Desk, Visit
from services.intake.domain.report import Report
from services.intake.domain.resident import withdrawable
from services.intake.domain.states import look_of, tone_of
from services.intake.domain.submission import PHOTOS_MOST
from services.intake.pages.report_form import keep_photos
from services.intake.pages.timeline import Line, arrange
from services.intake.pages.words import field_problems
from shared.events.ids import new_id
from shared.kernel import Reject, now
from shared.readers import sight_of
from shared.web import UPLOAD_BYTES, Problem, field_errors, language_of, page, rate_limit, seal_key, web_of
from shared.web.case_keys import CaseKey, drop_key, keeps_no_cookies, move_in
from shared.web.refusals import say_refusal

M = TypeVar("M", bound=BaseModel)
router = APIRouter(prefix="/track/{reference}", include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]
Photos = Annotated[list[UploadFile], File(default_factory=list)]
LIMITED = [Depends(rate_limit("residents", per_minute=60, burst=30))]
DONE = (  # what the page confirms
    "following", "follows-already", "confirmed", "unfollowed", "renewed", "closed-here", "commented", "rated",
    "reopened", "withdrawn", "corrected",
)  # fmt: skip


async def _key(request: Request, key: Annotated[str, Form(max_length=64)] = "") -> str | None:
    return seal_key(request, key)


Key = Annotated[str | None, Depends(_key)]  # of the form that is sent
KEY = frozenset(("secret", "party"))  # what a link carries in its address


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
) -> Response:
    """`?secret=` of the reporter (or with `party=` of a follower) opens what they may do. `before`: earlier steps."""
    if "secret" in request.query_params and (key := own_key(request, visit)):
        return move_in(request, _clean_address(request, visit), visit.report.reference, key)
    return await _page(request, desk, visit, done=done if done in DONE else "", before=before)


@router.get("/comment")
@router.get("/follow")
async def again(request: Request, visit: TheVisit) -> RedirectResponse:
    """Where a form that was shown again is reloaded or read in the other language."""
    return RedirectResponse(_address(request, visit), 303)


@router.post("/comment", dependencies=[*LIMITED, Depends(PHOTO_LIMIT)], max_body_size=UPLOAD_BYTES)
async def comment(
    request: Request, desk: TheDesk, visit: TheVisit, key: Key, photo: Photos, text: Text = ""
) -> Response:
    visit.viewer.must_be("reporter", "follower", "staff")
    try:
        body = NewComment(text=text)
        photos = await keep_photos(desk, photo)
    except Reject as error:
        return await _page(request, desk, visit, Draft({"text": text}, {"photo": say_refusal(request, error)}))
    except ValidationError as error:
        wrong = _wrong(request, error)
        if not text.strip():
            wrong["text"] = web_of(request).pages.words(language_of(request), "track.comment.empty")
        return await _page(request, desk, visit, Draft({"text": text}, wrong))
    await commands.comment_report(desk, visit, body.text, photos, key)
    return _back(request, visit, "commented")


@router.post("/follow", dependencies=LIMITED)
async def follow(request: Request, desk: TheDesk, visit: TheVisit, key: Key, email: Text = "") -> Response:
    """By e-mail: a phone number would bring no news."""
    typed = {"email": email}
    try:
        contact = ContactBody.model_validate(typed).contact(language_of(request))
    except ValidationError as error:
        return await _page(request, desk, visit, Draft(typed, _wrong(request, error)))
    if not contact.reachable:
        missing = web_of(request).pages.words(language_of(request), "track.follow.no-contact")
        return await _page(request, desk, visit, Draft(typed, {"email": missing}))
    following = await commands.follow_report(desk, visit, contact, key)
    if not following.link_is_theirs:
        return RedirectResponse(_address(request, visit, done="follows-already"), 303)
    theirs = CaseKey(secret_of(request, visit.case, following.party), following.party)
    return move_in(request, _address(request, visit, done="following"), visit.report.reference, theirs)


@router.post("/unfollow", dependencies=LIMITED)
async def unfollow(request: Request, desk: TheDesk, visit: TheVisit) -> RedirectResponse:
    """Pressed twice on a slow network it says the same again."""
    await commands.unfollow_report(desk, as_follower(request, visit))
    response = RedirectResponse(f"/track/{visit.report.reference}?done=unfollowed", 303)
    drop_key(request, response, visit.report.reference)
    return response


@router.post("/renew-link", dependencies=LIMITED)
async def renew_link(request: Request, desk: TheDesk, visit: TheVisit, key: Key) -> RedirectResponse:
    """The page goes on with the new link, which this browser keeps in place of the old one."""
    case = await commands.renew_link(desk, visit, key)
    own, page = CaseKey(secret_of(request, case)), f"/track/{visit.report.reference}?done=renewed"
    return move_in(request, page, visit.report.reference, own)


@router.post("/close-here", dependencies=LIMITED)
async def close_here(request: Request, visit: TheVisit) -> RedirectResponse:
    """The key of this report leaves this browser; the link itself goes on working."""
    shown_to_all = f"/track/{visit.report.reference}?done=closed-here"
    response = RedirectResponse(shown_to_all if sight_of("public", visit.report.openness).case else "/track", 303)
    drop_key(request, response, visit.report.reference)
    return response


@router.post("/rate", dependencies=LIMITED)
async def rate(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    key: Key,
    stars: Annotated[int, Form(ge=1, le=5)],
    remark: Text = "",
) -> RedirectResponse:
    body = _valid(request, Rating, stars=stars, text=remark)
    await commands.rate_answer(desk, visit, body.stars, body.text, key)
    return _back(request, visit, "rated")


@router.post("/reopen", dependencies=[*LIMITED, Depends(PHOTO_LIMIT)], max_body_size=UPLOAD_BYTES)
async def reopen(
    request: Request, desk: TheDesk, visit: TheVisit, key: Key, photo: Photos, reason: Text = ""
) -> RedirectResponse:
    """The photos follow as something that was added: so they reach the new work as any other do."""
    visit.viewer.must_be("reporter")
    body, photos = _valid(request, Reason, reason=reason), await keep_photos(desk, photo)
    case = await commands.reopen_report(desk, visit, body.reason, key)
    if photos:
        said = web_of(request).pages.words(language_of(request), "track.reopen.photos")
        await commands.comment_report(desk, Visit(case, visit.viewer), said, photos, key)
    return _back(request, visit, "reopened")


@router.post("/withdraw", dependencies=LIMITED)
async def withdraw(request: Request, desk: TheDesk, visit: TheVisit, key: Key, reason: Text = "") -> RedirectResponse:
    await commands.withdraw_report(desk, visit, _valid(request, Reason, reason=reason).reason, key)
    return _back(request, visit, "withdrawn")


def _valid(request: Request, model: type[M], **values: object) -> M:
    """The form's fields as the API would take them; a page that says what is wrong otherwise."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Problem(422, "invalid", errors=field_errors(error, language_of(request))) from error


async def _page(
    request: Request, desk: Desk, visit: Visit, draft: Draft | None = None, *, done: str = "", before: int | None = None
) -> HTMLResponse:
    """The page; with a form as it was typed and what is wrong in it."""
    report, viewer, draft = visit.report, visit.viewer, draft or Draft()
    lines = timeline_page(await desk.store.read_timeline(visit.case), before)
    view = await view_visit(request, desk, visit)
    part_of = await desk.store.outages.get(report.incident) if report.incident and report.is_open else None
    shown = view.report(report, lines)
    return page(
        request, "track.html", status_code=422 if draft.wrong else 200, r=shown, word=view.word,
        zone_name=view.zone_name(report), timeline=arrange(shown["timeline"]),
        result=_result(report, shown["timeline"]),
        earlier=_address(request, visit, before=lines.earlier) if lines.earlier else None,
        latest=_address(request, visit) if before is not None else None, viewer=viewer, tone=tone_of,
        line=look_of, done=done, lost=viewer.role == "public" and not KEY.isdisjoint(request.query_params),
        not_kept=viewer.role == "public" and not done and keeps_no_cookies(request),
        own_link=link_of(request, report.reference, key) if (key := own_key(request, visit)) else None,
        typed=draft.typed, wrong=draft.wrong, photos_most=PHOTOS_MOST, new_key=new_id, query=_query(request),
        part_of=outage_view(part_of, view) if part_of and view.sight(report).matter else None,
        inbox=f"/inbox?reference={report.reference}" if viewer.role in ("reporter", "follower") else None,
        resume_at=report.resume_at if report.state == "paused" else None, sight=view.sight(report),
        hidden=report.openness != "open", is_open=report.is_open,
        reopenable=report.reopenable(now()) and not report.is_open,
        rateable=report.state == "resolved" and report.stars is None, withdrawable=withdrawable(report),
        officer=visit.who is not None and viewer.role == "staff" and visit.who.may("officer", "supervisor"),
        order=report.work_order, followable=report.state != "closed" or report.merged_into is not None,
    )  # fmt: skip


def _result(report: Report, timeline: list[Line]) -> Line | None:
    """What came of it in the end: the last thing that a team or the desk said of a report that is answered."""
    told = [line for line in timeline if line["type"] in ("completed", "cancelled", "incident_resolved")]
    return told[-1] if told and not report.is_open else None


def _wrong(request: Request, error: ValidationError) -> dict[str, str]:
    return {one.field: one.message for one in field_problems(request, error)}


def _back(request: Request, visit: Visit, done: str) -> RedirectResponse:
    return RedirectResponse(_address(request, visit, done=done), 303)


def _address(request: Request, visit: Visit, **more: object) -> str:
    """This page, with the link that a form's own address carried: a browser without cookies has only that."""
    return f"/track/{visit.report.reference}{_query(request, **more)}"


def _clean_address(request: Request, visit: Visit) -> str:
    """The same page without the link that opened it."""
    asked = urlencode([(name, value) for name, value in request.query_params.multi_items() if name not in KEY])
    return f"/track/{visit.report.reference}{'?' if asked else ''}{asked}"


def _query(request: Request, **more: object) -> str:
    """The link that opened this page, for the forms on it; most come without, and their browsers show the key."""
    link = {name: value for name, value in request.query_params.items() if name in KEY}
    asked = urlencode({**link, **more})
    return f"?{asked}" if asked else ""
