"""The work that was referred to an agency, for the agency's own programs: list it, read it, answer it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel

from services.dispatch.access import Key, Outsider, TheAgency, TheDesk
from services.dispatch.agency_desk import SAID, act_as_agency, find_referral
from services.dispatch.agency_views import ReferralDetail, ReferralSummary, list_referral, show_referral
from services.dispatch.commands import ActRequest, Desk, read_typed_reference
from services.dispatch.domain.states import STATES, ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Filter
from shared.kernel import Case, now
from shared.town import Town
from shared.web import Paging, Problem, language_of, read_paging, web_of

router = APIRouter(prefix="/api/v1/agency/referrals", tags=["agencies"])

Show = Literal["open", "overdue", "over"]
WITH_AGENCY = ("referred",)  # the state of work while an agency has it
ELSEWHERE = tuple(state for state in STATES if state not in WITH_AGENCY)


class Wanted(BaseModel):
    """`open`: what the agency has now; `overdue`: of that what it should have answered; `over`: all the rest."""

    show: Show = "open"
    reference: str | None = None


class Page(BaseModel):
    """Newest first; `next` is the cursor of the page after, None on the last."""

    items: list[ReferralSummary]
    next: str | None


def filter_of(town: Town, agency: str, show: Show, typed: str | None) -> Filter:
    """What an agency may list, and of that what it asks for; who names a case means it wherever it stands."""
    reference = read_typed_reference(town, typed)
    states = () if reference else ELSEWHERE if show == "over" else WITH_AGENCY
    overdue = show == "overdue" and not reference
    return Filter(states=states, reference=reference, agency=agency, overdue=overdue)


def after_of(paged: Paging) -> str | None:
    """The last one of the page before; 400 for another list's cursor."""
    match paged.after:
        case None:
            return None
        case (str(order_id),):
            return order_id
        case _:
            raise Problem(400, "cursor")


@router.get("")
async def list_referrals(
    request: Request,
    desk: TheDesk,
    agency: TheAgency,
    paged: Annotated[Paging, Depends(read_paging)],
    wanted: Annotated[Wanted, Query()],
) -> Page:
    """Newest first; only what was referred to the agency that the caller works for."""
    filtered = filter_of(desk.town, agency, wanted.show, wanted.reference)
    found = await desk.store.list_newest(filtered, after_of(paged), paged.fetch)
    items = [list_referral(desk.town, case, language_of(request)) for case in found]
    return Page(**paged.answer(items, lambda item: (item.id,)))


@router.get("/{order_id}")
async def read_referral(request: Request, order_id: str, desk: TheDesk, agency: TheAgency) -> ReferralDetail:
    """One of them, with what was said since; 404 for anybody else's."""
    return await show_as_agency(request, desk, await find_referral(desk, agency, order_id))


async def show_as_agency(request: Request, desk: Desk, case: Case[WorkOrder]) -> ReferralDetail:
    """As the agency may read it."""
    history = await desk.store.read_history(case)
    key = web_of(request).settings.link_secret
    return show_referral(desk.town, case, history, language_of(request), key, now())


def _add_route(name: ActName) -> None:
    """`POST …/<act>`; a body is needed only where something must be said."""
    said = SAID[name]
    silent = not any(field.is_required() for field in said.model_fields.values())
    given: Any = Body(default=None) if silent else Body()

    async def act(
        request: Request, order_id: str, desk: TheDesk, who: Outsider, agency: TheAgency, key: Key, body: Any = given
    ) -> ReferralDetail:
        case = await act_as_agency(desk, who, agency, order_id, name, body or said(), ActRequest(key))
        return await show_as_agency(request, desk, case)

    act.__annotations__ |= {"body": said | None if silent else said}
    router.add_api_route(f"/{{order_id}}/{name}", act, methods=["POST"], name=name, description=said.__doc__)


for _name in SAID:
    _add_route(_name)
