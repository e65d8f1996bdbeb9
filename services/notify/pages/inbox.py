"""The inbox: what a citizen was told of their case, opened by the secret link; for staff, what their office was."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from services.notify.api.access import TheLinks, TheStore, TheWording, find, offices_of, party_of
from services.notify.domain.delivery import Delivery
from services.notify.domain.planning import BY_ROLE
from services.notify.store import Store, Wanted
from services.notify.wording import Wording
from shared.events import contact_key
from shared.kernel import Case
from shared.references import make_reference
from shared.web import Person, Problem, language_of, page, person, rate_limit, team_of, web_of

router = APIRouter(include_in_schema=False)

LATEST = 200  # deliveries of one reader: about fifty notices over all channels, more than a case ever has
Secret = Annotated[str | None, Query(max_length=64)]


@router.get("/inbox", dependencies=[Depends(rate_limit("inbox", per_minute=120, burst=60))])
async def inbox(
    request: Request, store: TheStore, links: TheLinks, wording: TheWording,
    who: Annotated[Person | None, Depends(person)],
    reference: Annotated[str | None, Query(max_length=60)] = None,
    secret: Secret = None, party: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:  # fmt: skip
    """With `reference` and `secret` a citizen's, without them the office's of who is signed in, else the way in."""
    if reference:
        return await _citizen(request, store, links, wording, reference, secret, party)
    if who:
        return await _office(request, store, wording, who)
    return _door(request, "", wrong=False)


async def _citizen(
    request: Request, store: Store, links: TheLinks, wording: Wording, typed: str, secret: str | None, party: str
) -> HTMLResponse:  # fmt: skip
    try:
        case = await find(request, store, typed)
    except Problem:
        return _door(request, typed, wrong=True)
    mine = party_of(links, case, secret, party)
    if mine is None:
        return _door(request, typed, wrong=True)
    found = await store.newest(Wanted(recipients=[contact_key(case.id, mine)]), LATEST)
    notices = _notices(found, wording, language_of(request))
    return page(
        request, "inbox.html", reference=case.state.reference, notices=notices,
        preferences=links.preferences(case.id, mine), office=None, tone=_tone, reason=_reasons(request),
    )  # fmt: skip


async def _office(request: Request, store: Store, wording: Wording, who: Person) -> HTMLResponse:
    town = web_of(request).town
    if not who.may("supervisor", *BY_ROLE):
        team_of(who, town.teams)  # else the page would stay empty and say nothing
    offices = offices_of(who)
    levels = who.may("supervisor")
    found = await store.newest(Wanted(channel="inbox", recipients=offices, levels=levels), LATEST)
    notices = _notices(found, wording, language_of(request))
    office = town.team_name(who.team, language_of(request)) if who.team else who.name
    return page(
        request, "inbox.html", reference=None, notices=notices, preferences=None, office=office, tone=_tone,
        reason=_reasons(request),
    )  # fmt: skip


def _door(request: Request, typed: str, *, wrong: bool) -> HTMLResponse:
    """One answer for an unknown reference and for a wrong secret: nobody learns which reports there are."""
    example = make_reference(web_of(request).town.reference_prefix, "0" * 26)
    return page(request, "door.html", status_code=404 if wrong else 200, typed=typed, wrong=wrong, example=example)


def _notices(found: Sequence[Case[Delivery]], wording: Wording, language: str) -> list[dict[str, Any]]:
    """The inbox's messages, newest first, each with what became of the same on other channels."""
    ways: dict[str, list[Delivery]] = {}
    for case in found:
        if case.state.channel != "inbox":
            ways.setdefault(case.state.event_id, []).append(case.state)
    shown = []
    for case in sorted(found, key=_happened, reverse=True):
        said = wording.say(case.state, language) if case.state.channel == "inbox" else None
        if said:
            shown.append({
                "id": case.id, "at": case.state.happened_at, "urgent": case.state.urgent, "subject": said.subject,
                "body": said.body, "link": said.link, "ways": ways.get(case.state.event_id, ()),
            })  # fmt: skip
    return shown


def _happened(case: Case[Delivery]) -> tuple[datetime, str]:
    return case.state.happened_at, case.id


def _tone(state: str) -> str:
    """The colour of a channel's outcome; the words beside it say the same."""
    return {"sent": "ok", "failed": "bad", "retrying": "warn"}.get(state, "neutral")


def _reasons(request: Request) -> Callable[[str], str]:
    """Reasons in the reader's language; what a mail server answered is one of them."""
    words, language = web_of(request).pages.words, language_of(request)

    def told(reason: str) -> str:
        key = f"reason.{reason}"
        return words(language, key if words.has(key) else "reason.other")

    return told
