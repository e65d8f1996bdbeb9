"""Incidents that the town knows of, in the reader's words: for pages, and for whoever is about to report one more."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from services.intake.api.views import ReportView
from services.intake.domain.outage import Outage
from services.intake.store import Store
from shared.kernel import Case
from shared.kernel.failures import MAYBE_AWAY, is_transient
from shared.readers import sight_of
from shared.words.dates import datetime_text

SHOWN_MOST = 10  # on one page, the newest
PATIENCE = 1.0  # seconds: somebody who wants to report does not wait for what is known already


async def list_known_outages(store: Store, view: ReportView, categories: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Those that everybody may know of, the newest first."""
    return [outage_view(case, view) for case in await store.list_outages(categories) if _is_public(case.state, view)]


async def outages_if_quick(store: Store, view: ReportView) -> list[dict[str, Any]]:
    """The same for the form, which must be there also while the database is away."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await list_known_outages(store, view)
    except MAYBE_AWAY as error:
        if not is_transient(error):
            raise
        return []


async def outages_at(
    store: Store, view: ReportView, categories: Sequence[str], place: tuple[float | None, float | None]
) -> list[dict[str, Any]]:
    """Those of these categories that a report from there may be of; without a place all of them."""
    latitude, longitude = place
    zone = view.town.zone_of(latitude, longitude) if latitude is not None and longitude is not None else None
    code = zone.code if zone else None
    found = await store.list_outages(categories) if categories else []
    near = [case for case in found if _is_public(case.state, view) and case.state.is_at(latitude, longitude, code)]
    return [outage_view(case, view) for case in near]


def outage_view(case: Case[Outage], view: ReportView) -> dict[str, Any]:
    """What is known of it, and where to say that one has it too."""
    outage = case.state
    category = view.town.categories.get(outage.category)
    zone = next((zone for zone in view.town.zones if zone.code == outage.zone), None)
    placed = outage.latitude is not None and outage.longitude is not None
    return {
        "id": case.id,
        "category": outage.category,
        "category_name": view.category_name(outage.category, named=True),
        "icon": category.icon if category else "circle-help",
        "zone": outage.zone,
        "zone_name": zone.name.get(view.language) if zone else None,
        "location": {"latitude": outage.latitude, "longitude": outage.longitude} if placed else None,
        "radius_m": outage.radius_m if placed else None,
        "team_name": view.team_name(outage.team, named=True) if outage.team else None,
        "agency_name": view.agency_name(outage.agency, named=True),
        "expected_until": outage.expected_until,
        "standing": _say_standing(outage, view),
        "note": outage.public_note,
        "opened_at": outage.opened_at,
        "changed_at": outage.changed_at,
        "add": f"/report?{urlencode({'category': outage.category, 'incident': case.id})}",
    }


def _say_standing(outage: Outage, view: ReportView) -> str:
    """In a sentence or two: known, agency informed, expected until."""
    said = [view.words(view.language, "outage.known")]
    if agency := view.agency_name(outage.agency, named=True):
        said.append(view.words(view.language, "outage.informed", agency=agency))
    if outage.expected_until:
        zone = ZoneInfo(view.town.timezone)
        until = datetime_text(outage.expected_until, zone, view.language)
        said.append(view.words(view.language, "outage.until", until=until))
    return " · ".join(said)


def _is_public(outage: Outage, view: ReportView) -> bool:
    """Everybody may know of it, also by the profile as it is now."""
    return sight_of("public", outage.openness).case and view.town.shows(outage.category)
