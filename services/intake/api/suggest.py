"""Help while somebody writes: the categories, which ones fit the words, and whether it was reported before."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from services.intake.access import TheDesk
from services.intake.api.outages import outages_at
from services.intake.api.views import view_for
from services.intake.bodies import TEXT_MOST
from services.intake.domain.suggest import list_numbers_to_call, suggest_categories
from services.intake.store import Store
from shared.kernel import now
from shared.town.models import Category
from shared.web import every_site, language_of, rate_limit, web_of

router = APIRouter(prefix="/api/v1", tags=["reports"])
NEARBY_MOST = 5


@router.get("/categories", dependencies=[Depends(every_site)])
async def categories(request: Request) -> dict[str, Any]:
    """What can be reported, in the profile's order, with the extra questions of each."""
    town, language = web_of(request).town, language_of(request)
    groups = {code: {"code": code, "name": group.name.get(language)} for code, group in town.groups.items()}
    items = [
        {"code": code, "group": groups[category.group], **describe(category, language)}
        for code, category in town.categories.items()
    ]
    return {"items": items}


def describe(category: Category, language: str) -> dict[str, Any]:
    """A category for a form."""
    return {
        "name": category.name.get(language),
        "description": category.description.get(language) if category.description else None,
        "icon": category.icon,
        "kinds": category.kinds,
        "public": category.public,
        "sensitive": category.sensitive,
        "notice": category.notice.get(language) if category.notice else None,
        "questions": [
            {
                "code": question.code,
                "label": question.label.get(language),
                "type": question.type,
                "required": question.required,
                "choices": [{"code": one.code, "label": one.label.get(language)} for one in question.choices],
            }
            for question in category.questions
        ],
    }


@router.get("/suggest", dependencies=[Depends(rate_limit("suggest", per_minute=120, burst=40))])
async def suggest(
    request: Request,
    desk: TheDesk,
    text: Annotated[str, Query(max_length=TEXT_MOST)] = "",
    category: Annotated[str | None, Query(max_length=64)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
) -> dict[str, Any]:
    """Up to three categories for the words, known incidents and open reports like it near that place: perhaps it is one
    of them. `emergency`: whom to call at once instead of writing, where the words speak of danger."""
    town, language = web_of(request).town, language_of(request)
    codes = [category] if category in town.categories else suggest_categories(text, town.categories)
    fitting = [
        {"code": code, "name": town.categories[code].name.get(language), "icon": town.categories[code].icon}
        for code in codes
    ]
    notices = [notice.get(language) for code in codes if (notice := town.categories[code].notice)]
    view = view_for(request)
    outages = await outages_at(desk.store, view, codes, (lat, lon))
    nearby = [] if lat is None or lon is None else await _nearby(request, desk.store, codes, lat, lon)
    return {
        "categories": fitting,
        "notices": notices,
        "nearby": nearby,
        "outages": outages,
        "emergency": [
            {"name": number.name.get(language), "phone": number.phone}
            for number in list_numbers_to_call(town, text, codes)
        ],
    }


async def _nearby(request: Request, store: Store, codes: list[str], lat: float, lon: float) -> list[dict[str, Any]]:
    """Each category by its own radius and age, newest first."""
    town, view = web_of(request).town, view_for(request)
    found = []
    for code in codes:
        alike = town.categories[code].duplicates
        since = now() - timedelta(days=alike.age_days)
        found += await store.find_near(code, (lat, lon), alike.radius_m, since, NEARBY_MOST)
    newest = sorted(found, key=lambda case: case.state.submitted_at, reverse=True)[:NEARBY_MOST]
    return [
        view.summary(case.state) | {"text": view.text(case.state), "photos": view.photos(case.state)} for case in newest
    ]
