"""Visits to the place from the desk, which an inspector has on a phone there: booked, photographed and reported."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from services.permits import permit_acts
from services.permits.access import DESK_LIMITED, Officer, TheDesk, as_actor, cause_of, find_for_staff
from services.permits.api.after_decision import InspectionId
from services.permits.api.inspection_photos import PhotoNumber
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.domain.application import Application
from services.permits.domain.inspections import PHOTOS_MOST, Finding
from services.permits.inspection_bodies import InspectionDay, InspectionOff, InspectionReport
from services.permits.inspection_photos import add_photo, take_out_photo
from services.permits.pages.desk_case import answer_act, case_page
from services.permits.pages.forms import read_body, text_of
from shared.files.pictures import READ_MOST
from shared.kernel import Case, Reject
from shared.times import read_local_time
from shared.web import UPLOAD_BYTES, Person
from shared.web.uploads import FIELD_MOST

router = APIRouter(prefix="/permits/desk/{reference}/inspections", include_in_schema=False, dependencies=[DESK_LIMITED])
_CARD = "#inspections"


@router.post("")
async def plan_inspection(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """Book a visit, by the clocks of the town."""
    case = await find_for_staff(request, desk, reference, who)
    typed, day = await _read_day(request, desk)
    if day is None:
        return await case_page(request, case, who, show_to(request).say("inspection.when"), 422, typed)
    cause = cause_of(None, "inspections", case.id, who)
    act = permit_acts.plan_inspection(desk, case.id, as_actor(who, "officer"), day, cause)
    return await answer_act(request, case, who, typed, act, _CARD)


@router.post("/{inspection}/move")
async def move_inspection(
    request: Request, reference: str, inspection: InspectionId, desk: TheDesk, who: Officer
) -> Response:
    """To another time."""
    case = await find_for_staff(request, desk, reference, who)
    read, day = await _read_day(request, desk)
    typed = {"moving": inspection, "move": read}
    if day is None:
        return await case_page(request, case, who, show_to(request).say("inspection.when"), 422, typed)
    cause, officer = cause_of(None, "inspection-move", case.id, who), as_actor(who, "officer")
    act = permit_acts.move_inspection(desk, case.id, officer, inspection, day, cause)
    return await answer_act(request, case, who, typed, act, _CARD)


@router.post("/{inspection}/cancel")
async def cancel_inspection(
    request: Request, reference: str, inspection: InspectionId, desk: TheDesk, who: Officer
) -> Response:
    """Nobody comes."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        written = text_of(sent, "note")
    body, wrong = read_body(InspectionOff, {"note": written}, request)
    typed = {"cancelling": inspection, "cancel_note": written}
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause, officer = cause_of(None, "inspection-cancel", case.id, who), as_actor(who, "officer")
    act = permit_acts.cancel_inspection(desk, case.id, officer, inspection, body.note, cause)
    return await answer_act(request, case, who, typed, act, _CARD)


async def _read_day(request: Request, desk: Desk) -> tuple[dict[str, str], InspectionDay | None]:
    """What was typed, and the time that it means by the town's clocks; None: none."""
    async with request.form() as sent:
        typed = {"at": text_of(sent, "at"), "beyond_due": text_of(sent, "beyond_due")}
    try:
        at = read_local_time(typed["at"], desk.town.calendar.zone)
        return typed, InspectionDay(at=at, beyond_due=bool(typed["beyond_due"]))
    except ValueError:
        return typed, None


@router.post("/{inspection}", max_body_size=UPLOAD_BYTES)
async def report_inspection(
    request: Request, reference: str, inspection: InspectionId, desk: TheDesk, who: Officer
) -> Response:
    """What was found. Its photos are kept first: whatever is wrong with the rest, nobody has to go there again."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form(max_files=PHOTOS_MOST, max_fields=20, max_part_size=FIELD_MOST) as sent:
        result, note = text_of(sent, "result"), text_of(sent, "note")
        typed = {"inspection": inspection, "result": result, "found": note}
        case, refused = await _keep_photos(desk, case, inspection, sent, who)

    async def report() -> None:
        if refused is not None:
            raise refused
        cause, found = cause_of(None, "inspection-report", case.id, who), Finding(body.result, body.note)
        await permit_acts.report_inspection(desk, case.id, as_actor(who, "officer"), inspection, found, cause)

    said = {name: value for name, value in {"result": result, "note": note}.items() if value}
    body, wrong = read_body(InspectionReport, said, request)
    if wrong and refused is None:
        return await case_page(request, case, who, wrong, 422, typed)
    return await answer_act(request, case, who, typed, report(), _CARD)


@router.post("/{inspection}/photos/{photo}/remove")
async def remove_photo(
    request: Request, reference: str, inspection: InspectionId, photo: PhotoNumber, desk: TheDesk, who: Officer
) -> Response:
    """It was the wrong one."""
    case = await find_for_staff(request, desk, reference, who)
    cause, typed = cause_of(None, "inspection-photo-removed", case.id, who), {"inspection": inspection}
    return await answer_act(request, case, who, typed, take_out_photo(desk, case, inspection, photo, cause), _CARD)


async def _keep_photos(
    desk: Desk, case: Case[Application], inspection: str, sent: FormData, who: Person
) -> tuple[Case[Application], Reject | None]:
    """The application with its photos, and why the first of those that were refused was: the others are kept."""
    photos = [each for each in sent.getlist("photo") if isinstance(each, UploadFile) and each.filename]
    refused: Reject | None = None
    for photo in photos:
        cause = cause_of(None, "inspection-photo", case.id, who)
        try:
            case = await add_photo(desk, case, inspection, await photo.read(READ_MOST), cause)
        except Reject as error:
            refused = refused or error
    return case, refused
