"""Reports for apps and partners: take one in, show one, list them, show a photo."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.intake.api.access import Reports, Seen, SeenReport, secret_of, tracking_url
from services.intake.api.requests import NewReport
from services.intake.api.showing import showing
from services.intake.domain.report import Report, State
from services.intake.domain.submission import Submission
from services.intake.store import Store, Wanted
from shared.events import Channel
from shared.kernel import Case, Cause
from shared.web import Paging, Person, Problem, idempotency_key, language_of, paging, person, rate_limit

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
SCOPE = "reports"


@router.post("", status_code=201, dependencies=[Depends(rate_limit("reports", per_minute=120, burst=60))])
async def create(
    request: Request,
    response: Response,
    store: Reports,
    body: NewReport,
    key: Annotated[str | None, Depends(idempotency_key)],
    who: Annotated[Person | None, Depends(person)],
) -> dict[str, str]:
    """Take in a report. The same `Idempotency-Key` and body give the same answer, with status 200."""
    case = await take(store, submission(body, language_of(request), _channel(body, who)), key)
    if case.repeated:
        response.status_code = 200
    secret = secret_of(request, case.id)
    response.headers["Location"] = f"/api/v1/reports/{case.state.reference}"
    return {
        "id": case.id,
        "reference": case.state.reference,
        "secret": secret,
        "state": "received",  # the answer to a repeated request is the same, however far the report has come
        "tracking_url": tracking_url(request, case.state.reference, secret),
    }


async def take(store: Store, new: Submission, key: str | None) -> Case[Report]:
    """Open the case that belongs to the key, or a new one."""
    case_id = await store.case_id(SCOPE, key)
    return await store.submit(case_id, new, Cause.request(key=key, scope=SCOPE))


def submission(body: NewReport, language: str, channel: Channel) -> Submission:
    """The domain's words for what came over HTTP."""
    contact = body.reporter.contact(language) if body.reporter else None
    return Submission.model_validate({
        "kind": body.kind, "channel": channel, "category": body.category, "text": body.text,
        "location": body.location.location() if body.location else None, "contact": contact,
        "answers": body.answers, "photos": body.photos, "language": contact.language if contact else language,
    })  # fmt: skip


def _channel(body: NewReport, who: Person | None) -> Channel:
    """Only staff may say that they write for somebody else."""
    if who and who.may("officer", "supervisor"):
        return body.channel or "desk"
    return "web"


@router.get("")
async def index(
    request: Request,
    store: Reports,
    page: Annotated[Paging, Depends(paging)],
    state: Annotated[list[State] | None, Query()] = None,
    category: Annotated[list[str] | None, Query(max_length=50)] = None,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north")] = None,
    updated_since: AwareDatetime | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
) -> dict[str, Any]:
    """Public reports, newest first."""
    wanted = Wanted(open=is_open, states=state or (), categories=category or (), bounds=bounds_of(bbox),
                    updated_since=updated_since)  # fmt: skip
    found = await store.newest(wanted, page.fetch, _after(page))
    answer = page.answer(found, lambda case: (case.state.submitted_at.isoformat(), case.id))
    show = showing(request)
    return {**answer, "items": [show.summary(case.state) for case in answer["items"]]}


@router.get("/{reference}")
async def read(request: Request, one: SeenReport) -> dict[str, Any]:
    """One report; with its secret (`?secret=` or `X-Report-Secret`) all that its reporter may see."""
    return showing(request, one.viewer).report(one.report)


@router.get("/{reference}/photos/{number}")
async def photo(one: SeenReport, store: Reports, number: int, size: str = "full") -> Response:
    """A photo as JPEG without metadata; `size=thumbnail` for a small one."""
    if not 1 <= number <= len(one.report.photos) or not _photos_shown(one):
        raise Problem(404, "http-404")
    jpeg = await store.photo(one.report.photos[number - 1], thumbnail=size == "thumbnail")
    if jpeg is None:
        raise Problem(404, "http-404")
    shared = "private" if one.report.sensitive or not one.report.listed else "public"
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": f"{shared}, max-age=86400"})


def _photos_shown(one: Seen) -> bool:
    return one.viewer.sees_all or not one.report.sensitive


def bounds_of(bbox: str | None) -> tuple[float, float, float, float] | None:
    """`west,south,east,north` in degrees; 400 for anything else."""
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise Problem(400, "bbox") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem(400, "bbox")
    return west, south, east, north


def _after(page: Paging) -> tuple[datetime, str] | None:
    if page.after is None:
        return None
    try:
        at, case_id = page.after
        return datetime.fromisoformat(str(at)).astimezone(UTC), str(case_id)
    except (ValueError, OverflowError) as error:
        raise Problem(400, "cursor") from error
