"""The page behind the link of a question: whoever was asked reads what it is about and answers, without an account."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from services.permits import checking
from services.permits.access import TheDesk, cause_of
from services.permits.api.documents import PRIVATE
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.consult_bodies import ConsultationAnswer
from services.permits.domain.application import Actor, Application
from services.permits.domain.consultation import Consultation
from services.permits.domain.consulting import find, waits_for_others
from services.permits.domain.documents import ENDINGS
from services.permits.pages.forms import read_body, text_of
from shared.consult_links import read_consult_token
from shared.kernel import Case, Reject, now
from shared.web import Problem, page, rate_limit, say_refusal, web_of

router = APIRouter(
    prefix="/permits/consult",
    include_in_schema=False,
    dependencies=[Depends(rate_limit("consult", per_minute=60, burst=30))],
)
Token = Annotated[str, Path(max_length=120)]
Asked = tuple[Case[Application], Consultation]


async def _need_question(request: Request, desk: Desk, token: str) -> Asked:
    """The question of a link; 404 for any that is not ours, that a newer one has replaced, or whose time is over."""
    link = read_consult_token(web_of(request).settings.link_secrets, token)
    case = await desk.store.applications.get(link.case_id) if link else None
    asked = find(case.state, link.consultation) if case and link else None
    if case is None or asked is None or link is None or link.number != asked.link or now() > asked.open_until:
        raise Problem(404, "http-404")
    return case, asked


@router.get("/{token}")
async def show(request: Request, token: Token, desk: TheDesk) -> HTMLResponse:
    """What is asked, of which place, with the documents that the officer chose."""
    return await _page(request, token, await _need_question(request, desk, token))


@router.post("/{token}")
async def give(request: Request, token: Token, desk: TheDesk) -> HTMLResponse:
    """Their answer, once."""
    case, asked = await _need_question(request, desk, token)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("view", "text", "by")}
    body, wrong = read_body(ConsultationAnswer, {name: value for name, value in typed.items() if value}, request)
    if wrong:
        return await _page(request, token, (case, asked), wrong, 422, typed)
    who, cause = Actor(level="consultee", name=body.by), cause_of(None, "consultation-answer", case.id)
    try:
        case = await checking.answer_consultation(desk, case.id, who, asked.id, body.build_answer(), cause)
    except Reject as error:
        return await _page(request, token, (case, asked), say_refusal(request, error), error.status, typed)
    return await _page(request, token, (case, find(case.state, asked.id) or asked))


@router.get("/{token}/documents/{requirement}")
async def document(
    request: Request, token: Token, requirement: Annotated[str, Path(max_length=64)], desk: TheDesk
) -> Response:
    """The newest file of a document that they may see, as long as somebody waits for their answer."""
    case, asked = await _need_question(request, desk, token)
    upload = case.state.latest(requirement) if requirement in asked.documents and _waits(case.state, asked) else None
    if upload is None or upload.removed:
        raise Problem(404, "http-404")
    name = f"{case.state.reference}-{requirement}.{ENDINGS.get(upload.media_type, 'bin')}"
    content = desk.store.files.read_file(upload.id, 0, upload.size)
    headers = {**PRIVATE, "Content-Disposition": f'inline; filename="{name}"', "Content-Length": str(upload.size)}
    return StreamingResponse(content, headers=headers, media_type=upload.media_type)


def _waits(application: Application, asked: Consultation) -> bool:
    return asked.view is None and waits_for_others(application)


async def _page(
    request: Request, token: str, of: Asked, problem: str = "", status: int = 200, typed: dict[str, Any] | None = None
) -> HTMLResponse:
    """Neither the applicant nor what they wrote: the place, what is to be built, and the question. The question and its
    answer alone when nobody waits any more: the link leads to a home no longer than it takes to answer."""
    (case, asked), showing = of, show_to(request)
    application = case.state
    permit = (await showing.desk.rules_for(application)).permit
    shown = {field.code for field in permit.fields if field.in_letter and not field.personal}
    full = await showing.full(application)
    response = page(
        request,
        "consult.html",
        status_code=status,
        token=token,
        summary=await showing.summary(application),
        location=application.location,
        zone_name=showing.zone_name(application.zone),
        rows=[row for row in full["form_rows"] if row["code"] in shown],
        asked=asked,
        name=showing.consultee(asked.consultee),
        view_text=showing.say_code("view", asked.view) if asked.view else "",
        documents=[one for one in permit.documents if one.code in asked.documents],
        waits=_waits(application, asked),
        problem=problem,
        typed=typed or {},
    )
    response.headers.update({"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"})
    return response
