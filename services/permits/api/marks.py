"""Pages of documents as pictures, and what officers mark on them, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from services.permits import checking
from services.permits.access import (
    DESK_LIMITED,
    Key,
    Officer,
    TheDesk,
    TheVisit,
    Visit,
    as_actor,
    cause_of,
    find_for_staff,
)
from services.permits.api.documents import PRIVATE, note_read
from services.permits.api.views import answer
from services.permits.domain.application import Application
from services.permits.domain.documents import find_version
from services.permits.domain.findings import list_current, told_to_applicant
from services.permits.domain.marking import group_marks
from services.permits.mark_bodies import PAGES_MOST, Marks
from services.permits.paper_pictures import Numbered, pictures_of
from shared.web import Problem, rate_limit

router = APIRouter(prefix="/api/v1/applications/{reference}/documents/{requirement}", tags=["applications"])
PageNumber = Annotated[int, Path(ge=1, le=PAGES_MOST)]
_LIMITED = Depends(rate_limit("document-pages", per_minute=120, burst=40))


@router.get("/pages/{page}", dependencies=[_LIMITED])
async def page_picture(
    request: Request,
    requirement: str,
    page: PageNumber,
    visit: TheVisit,
    desk: TheDesk,
    version: int | None = None,
    marks: bool = False,
    large: bool = False,
) -> Response:
    """One page of a document as PNG, `large` so that small letters of a plan can be read, `marks` with what was marked
    on it; for the applicant since they were asked for another. 404 with `page-not-shown` for a page that is not there
    or cannot be drawn: the file itself can be read."""
    visit.need("applicant", "staff")
    application, staff = visit.application, visit.viewer == "staff"
    upload = find_version(application, requirement, version)
    if upload is None or upload.removed or not (staff or application.theirs(upload.at)):
        raise Problem(404, "http-404")
    note_read(request, visit, requirement=requirement, version=upload.number, page=page)
    drawn = _marks_on(application, requirement, upload.number, page, staff=staff) if marks else ()
    picture = (await pictures_of(desk.store.files, upload, {page: drawn}, large=large)).get(page)
    if picture is None:
        raise Problem(404, "page-not-shown")
    return Response(picture, media_type="image/png", headers=PRIVATE)


@router.put("/marks", dependencies=[DESK_LIMITED])
async def mark(
    request: Request, reference: str, requirement: str, body: Marks, desk: TheDesk, who: Officer, key: Key
) -> dict[str, Any]:
    """The places of a document at which something is wrong, all of them anew: with one, the document is to be
    replaced. The officers' own until the applicant is asked for another."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "marks", f"{case.id}:{requirement}", who, body)
    after = await checking.mark_document(desk, case.id, as_actor(who, "officer"), requirement, body, cause)
    return await answer(request, Visit(after, "staff", who))


def _marks_on(application: Application, requirement: str, version: int, page: int, *, staff: bool) -> Numbered:
    finding = list_current(application).get(requirement)
    if finding is None or finding.version != version or not (staff or told_to_applicant(application, requirement)):
        return ()
    return group_marks(finding).get(page, ())
