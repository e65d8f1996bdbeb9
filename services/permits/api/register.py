"""What everybody may read: permit types, the register of permits, and whether a decision is genuine."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.permits.access import TheDesk
from services.permits.api.letters import public_letters
from services.permits.api.permit_life import public_life_of
from services.permits.api.places import register_key
from services.permits.api.register_search import Asking
from services.permits.api.views import Showing, show_to
from services.permits.domain.application import Application
from services.permits.domain.permit_type import PermitType
from services.permits.domain.rules import rules_of
from shared.references import read_code
from shared.web import FieldProblem, Paging, Problem, every_site, read_paging, time_place

router = APIRouter(prefix="/api/v1", tags=["register"], dependencies=[Depends(every_site)])


async def register_entry(application: Application, showing: Showing) -> dict[str, Any]:
    """A permit as the register shows it: the village, never the exact place or the person."""
    decision = application.decision
    if decision is None:
        raise ValueError(f"{application.reference} is not decided")
    summary = await showing.summary(application)
    return {
        "number": decision.number,
        "reference": application.reference,
        "type": application.type,
        "type_name": summary["type_name"],
        "zone": application.zone,
        "zone_name": showing.zone_name(application.zone),
        "decision": decision.decision,
        "decided_at": decision.at,
        "valid_until": application.valid_until,
        "standing": summary["standing"],
        "standing_text": summary["standing_text"],
        **public_life_of(application),
        "lane": application.clock.lane if application.clock else None,
        "on_time": decision.on_time,
        "verify_code": decision.verify_code,
    }


@router.get("/register")
async def register(
    request: Request,
    desk: TheDesk,
    pages: Annotated[Paging, Depends(read_paging)],
    asking: Asking,
) -> dict[str, Any]:
    """Approved permits, the newest first."""
    if asking.wrong_year:
        words = show_to(request).say("register.wrong-year")
        raise Problem(422, "invalid", errors=[FieldProblem("year", "year", words)])
    wanted = asking.build_query(desk.town)
    cases = await desk.store.register.list_permits(wanted, after=time_place(pages), limit=pages.fetch)
    rows = pages.answer(cases, register_key)
    showing = show_to(request)
    return {"items": [await register_entry(case.state, showing) for case in rows["items"]], "next": rows["next"]}


@router.get("/register/{code}")
async def verify_decision(request: Request, code: str, desk: TheDesk) -> dict[str, Any]:
    """The decision behind a verify code, or what was signed after it, with the hash of its letter (`letter_sha256`) and
    all the letters of the permit; 404 when there is none."""
    verify_code = read_code(code)
    case = await desk.store.find_verified(verify_code) if verify_code else None
    if case is None or verify_code is None:
        raise Problem(404, "unknown-code")
    showing = show_to(request)
    letters = public_letters(case.state, showing, verify_code)
    sha256 = next((one["sha256"] for one in letters if one["asked"]), None)
    return {**await register_entry(case.state, showing), "letter_sha256": sha256, "letters": letters}


@router.get("/permit-types")
async def permit_types(request: Request) -> dict[str, Any]:
    """Each permit type with its form, documents, lanes and fees, as programs need it to draw a form."""
    showing = show_to(request)
    rules = [rules_of(showing.town, code) for code in showing.town.permits]
    return {"items": [_permit_type(one.code, one.permit, showing.language) for one in rules]}


def _permit_type(code: str, permit: PermitType, language: str) -> dict[str, Any]:
    return {
        "type": code,
        "name": permit.name.get(language),
        "description": permit.description.get(language) if permit.description else None,
        "form_code": permit.form_code.get(language),
        "law": permit.law.get(language),
        "valid_days": permit.valid_days,
        "fields": [
            {"code": field.code, "label": field.label.get(language), "type": field.type, "required": field.required,
             "minimum": field.minimum, "maximum": field.maximum, "decimals": field.decimals,
             "unit": field.unit.get(language) if field.unit else None,
             "choices": [{"code": choice.code, "label": choice.label.get(language)} for choice in field.choices]}
            for field in permit.fields
        ],
        "documents": [
            {"requirement": document.code, "name": document.name.get(language), "accepts": list(document.accepts),
             "max_mb": document.max_mb, "required": document.required}
            for document in permit.documents
        ],
        "fees": [
            {"fee": fee.code, "name": fee.name.get(language), "law": fee.law.get(language), "part": fee.part,
             "amount": fee.amount, "rate": fee.rate, "per": fee.per, "units": fee.units,
             "steps": [{"up_to": step.up_to, "amount": step.amount, "rate": step.rate} for step in fee.steps]}
            for fee in permit.fees
        ],
        "lanes": [
            {"code": lane.code, "name": lane.name.get(language), "minutes": lane.duration.minutes,
             "days": lane.duration.days,
             "conditions": [{"condition": condition.code, "name": condition.name.get(language),
                             "limit": condition.limit} for condition in lane.conditions]}
            for lane in permit.lanes
        ],
    }  # fmt: skip
