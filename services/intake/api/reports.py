"""Reports for apps and partners: take one in, show one, list them, show a photo."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from services.intake.access import Key, TheDesk, TheVisit, find_report, link_of
from services.intake.api.views import timeline_page, view_for, view_visit
from services.intake.bodies import NewReport
from services.intake.commands import submit_report
from services.intake.domain.agencies import has_it
from services.intake.domain.report import Language
from services.intake.domain.states import State
from services.intake.domain.submission import Submission
from services.intake.queries import Filter
from shared.agency_links import read_photo_pass
from shared.events.reports import Channel
from shared.kernel import now
from shared.secret_links import first_secret
from shared.times import Time
from shared.web import (
    Paging,
    Person,
    Problem,
    every_site,
    language_of,
    person,
    rate_limit,
    read_paging,
    time_place,
    web_of,
)
from shared.web.case_keys import CaseKey
from shared.web.headers import SANDBOXED

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
PUBLIC_PHOTO = "public, max-age=300"  # of a report that is hidden then, nobody else's cache has it for longer


@router.post("", status_code=201, dependencies=[Depends(rate_limit("reports", per_minute=120, burst=60))])
async def create(
    request: Request,
    response: Response,
    desk: TheDesk,
    body: NewReport,
    key: Key,
    who: Annotated[Person | None, Depends(person)],
) -> dict[str, str]:
    """Take in a report. The same `Idempotency-Key` and body give the same answer, with status 200; its secret opens
    nothing any more once the link was renewed."""
    case = await submit_report(desk, submission_of(body, language_of(request), _channel(body, who)), key, who)
    if case.repeated:
        response.status_code = 200
    secret = first_secret(web_of(request).settings.link_secret, case.id)
    response.headers["Location"] = f"/api/v1/reports/{case.state.reference}"
    return {
        "id": case.id,
        "reference": case.state.reference,
        "secret": secret,
        "state": "received",  # the answer to a repeated request is the same, however far the report has come
        "tracking_url": link_of(request, case.state.reference, CaseKey(secret)),
    }


def submission_of(body: NewReport, language: str, channel: Channel) -> Submission:
    """The domain's words for what came over HTTP."""
    contact = body.reporter.contact(language) if body.reporter else None
    return Submission(
        kind=body.kind,
        channel=channel,
        category=body.category,
        text=body.text,
        location=body.location.location() if body.location else None,
        contact=contact,
        answers=body.answers,
        photos=body.photos,
        incident=body.incident,
        language=contact.language if contact else cast(Language, language),
    )


def _channel(body: NewReport, who: Person | None) -> Channel:
    """Only staff may say that they write for somebody else."""
    if who and who.may("officer", "supervisor"):
        return body.channel or "desk"
    return "web"


async def bounds_of(
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north")] = None,
) -> tuple[float, float, float, float] | None:
    """Dependency: `west,south,east,north` in degrees, whose west lies east of its east where the box reaches over the
    180th meridian; 400 for anything else."""
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise Problem(400, "bbox") from error
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem(400, "bbox")
    return west, south, east, north


Bounds = Annotated[tuple[float, float, float, float] | None, Depends(bounds_of)]


async def read_filter(
    bounds: Bounds,
    state: Annotated[list[State] | None, Query()] = None,
    category: Annotated[list[str] | None, Query(max_length=50)] = None,
    updated_since: Time | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
) -> Filter:
    """Dependency: which reports; everything that is given must hold."""
    return Filter(is_open, tuple(state or ()), tuple(category or ()), bounds, updated_since)


WantedReports = Annotated[Filter, Depends(read_filter)]


@router.get("", dependencies=[Depends(every_site)])
async def index(
    request: Request, desk: TheDesk, page: Annotated[Paging, Depends(read_paging)], wanted: WantedReports
) -> dict[str, Any]:
    """Public reports, newest first."""
    found = await desk.store.list_newest(wanted, page.fetch, time_place(page))
    answer = page.answer(found, lambda case: (case.state.submitted_at.isoformat(), case.id))
    view = view_for(request)
    return {**answer, "items": [view.summary(case.state) for case in answer["items"]]}


@router.get("/{reference}")
async def read(request: Request, visit: TheVisit, desk: TheDesk) -> dict[str, Any]:
    """One report; with its secret (`?secret=` or `X-Report-Secret`) all that its reporter may see.

    `timeline` holds the newest lines; `timeline_earlier` is the address of those before them, null when there are none.
    """
    lines = timeline_page(await desk.store.read_timeline(visit.case))
    return (await view_visit(request, desk, visit)).report(visit.report, lines)


@router.get("/{reference}/timeline")
async def timeline(
    request: Request, visit: TheVisit, desk: TheDesk, before: Annotated[int | None, Query(ge=0)] = None
) -> dict[str, Any]:
    """A long timeline page by page, each oldest line first; `before` comes from `timeline_earlier`."""
    lines = timeline_page(await desk.store.read_timeline(visit.case), before)
    return (await view_visit(request, desk, visit)).timeline(visit.report, lines)


@router.get("/{reference}/photos/{number}")
async def photo(request: Request, visit: TheVisit, desk: TheDesk, number: int, size: str = "full") -> Response:
    """A photo as JPEG without metadata; `size=thumbnail` for a small one."""
    report = visit.report
    if number not in view_for(request, visit.viewer).photo_numbers(report):
        raise Problem(404, "http-404")
    jpeg = await desk.store.photos.jpeg(report.photos[number - 1], thumbnail=size == "thumbnail")
    if jpeg is None:
        raise Problem(404, "http-404")
    to_all = number in view_for(request).photo_numbers(report)
    caches = PUBLIC_PHOTO if to_all else "private, max-age=86400"
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": caches, **SANDBOXED})


@router.get("/{reference}/photos/{number}/referred")
async def send_referred_photo(
    request: Request,
    reference: str,
    number: int,
    desk: TheDesk,
    given: Annotated[str, Query(alias="pass", max_length=200)] = "",
    size: str = "full",
) -> Response:
    """The same for an agency to which an officer has given the report with these photos; its pass opens for a while,
    and nothing any more once the work was taken back."""
    case = await find_report(request, desk, reference)
    photos = case.state.photos
    read = read_photo_pass(web_of(request).settings.link_secrets, case.state.reference, given)
    if read is None or not read.opens(number, now()) or not has_it(case.state, read.order_id, read.agency):
        raise Problem(404, "http-404")
    jpeg = None
    if number <= len(photos):
        jpeg = await desk.store.photos.jpeg(photos[number - 1], thumbnail=size == "thumbnail")
    if jpeg is None:
        raise Problem(404, "http-404")
    headers = {"Cache-Control": "private, no-store", **SANDBOXED}
    return Response(jpeg, media_type="image/jpeg", headers=headers)
