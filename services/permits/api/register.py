"""What everybody may read: permit types, the register of permits, and whether a decision is genuine."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.permits.api.access import Applications
from services.permits.api.places import register_key, register_place
from services.permits.api.views import showing
from services.permits.codes import read_code
from services.permits.domain.application import Application
from services.permits.requests import Search
from shared.town import Town
from shared.town.models import PermitType
from shared.web import Paging, Problem, language_of, paging, web_of

router = APIRouter(prefix="/api/v1", tags=["register"])


def entry(case: Application, town: Town, language: str) -> dict[str, Any]:
    """A permit as the register shows it: the village, never the exact place or the person."""
    decision = case.decision
    if decision is None:
        raise ValueError(f"{case.reference} is not decided")
    zone = next((zone for zone in town.zones if zone.code == case.zone), None)
    return {
        "number": decision.number,
        "reference": case.reference,
        "type": case.type,
        "type_name": town.permits[case.type].name.get(language),
        "zone": case.zone,
        "zone_name": zone.name.get(language) if zone else None,
        "decision": decision.decision,
        "decided_at": decision.at,
        "valid_until": decision.valid_until,
        "lane": case.clock.lane if case.clock else None,
        "on_time": decision.on_time,
        "verify_code": decision.verify_code,
    }


@router.get("/register")
async def register(
    request: Request,
    store: Applications,
    pages: Annotated[Paging, Depends(paging)],
    permit_type: str | None = None,
    zone: str | None = None,
    q: Search | None = None,
) -> dict[str, Any]:
    """Approved permits, the newest first. `q`: the beginning of a number, a reference or a verify code."""
    found = await store.register(permit_type=permit_type, zone=zone, text=q or None, after=register_place(pages),
                                 limit=pages.fetch)  # fmt: skip
    rows = pages.answer(found, register_key)
    town, language = web_of(request).town, language_of(request)
    return {"items": [entry(case.state, town, language) for case in rows["items"]], "next": rows["next"]}


@router.get("/register/{code}")
async def verified(request: Request, code: str, store: Applications) -> dict[str, Any]:
    """The decision behind a verify code, with the hash of its letter; 404 when there is none."""
    read = read_code(code)
    case = await store.find_verified(read) if read else None
    if case is None:
        raise Problem(404, "unknown-code")
    sha256 = case.state.letter.sha256 if case.state.letter else ""
    return {**entry(case.state, web_of(request).town, language_of(request)), "letter_sha256": sha256 or None}


@router.get("/permit-types")
async def permit_types(request: Request) -> dict[str, Any]:
    """Each permit type with its form, documents, lanes and fees, as programs need it to draw a form."""
    shown = showing(request)
    return {"items": [_permit_type(code, permit, shown.language) for code, permit in shown.town.permits.items()]}


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
        "lanes": [
            {"code": lane.code, "name": lane.name.get(language), "minutes": lane.duration.minutes,
             "days": lane.duration.days,
             "conditions": [{"condition": condition.code, "name": condition.name.get(language),
                             "limit": condition.limit} for condition in lane.conditions]}
            for lane in permit.lanes
        ],
    }  # fmt: skip
