"""The inbox: what a citizen was told of their case, opened by the secret link; for staff, what their office was."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from services.notify.access import TheDesk, TheWording, find_file, offices_of, party_of
from services.notify.commands import Desk
from services.notify.domain.delivery import Delivery
from services.notify.domain.notice import INBOX, Notice
from services.notify.domain.planning import BY_ROLE
from services.notify.store import Wanted
from services.notify.wording import Wording
from shared.events.contacts import contact_key
from shared.kernel import Case
from shared.references import make_reference
from shared.web import Person, Problem, language_of, page, person, rate_limit, team_of, web_of

router = APIRouter(include_in_schema=False)

LATEST = 100  # notices of one reader: more than a case ever has
Typed = Annotated[str | None, Query(max_length=60)]
Secret = Annotated[str | None, Query(max_length=64)]
Party = Annotated[str, Query(max_length=64)]
Who = Annotated[Person | None, Depends(person)]
_TONES = {"sent": "ok", "failed": "bad", "retrying": "warn"}


@router.get("/inbox", dependencies=[Depends(rate_limit("inbox", per_minute=120, burst=60))])
async def inbox(
    request: Request,
    desk: TheDesk,
    wording: TheWording,
    who: Who,
    reference: Typed = None,
    secret: Secret = None,
    party: Party = "",
) -> HTMLResponse:
    """With `reference` and `secret` a citizen's, without them the signed-in person's office's, else the way in."""
    if reference:
        return await _citizen(request, desk, wording, reference, secret, party)
    if who:
        return await _office(request, desk, wording, who)
    return _door(request, "", wrong=False)


async def _citizen(
    request: Request, desk: Desk, wording: Wording, typed: str, secret: str | None, party: str
) -> HTMLResponse:
    try:
        case = await find_file(desk, typed)
    except Problem:
        return _door(request, typed, wrong=True)
    whose = await party_of(desk, case, secret, party)
    if whose is None:
        return _door(request, typed, wrong=True)
    found = await desk.store.newest(Wanted(recipients=[contact_key(case.id, whose)]), LATEST)
    return page(
        request,
        "inbox.html",
        reference=case.state.reference,
        notices=_messages(found, wording, language_of(request)),
        preferences=desk.links.preferences(case.id, whose),
        office=None,
        way=_ways(request),
    )


async def _office(request: Request, desk: Desk, wording: Wording, who: Person) -> HTMLResponse:
    town = desk.town
    if not who.may("supervisor", *BY_ROLE):
        team_of(who, town.teams)  # else the page would stay empty and say nothing
    found = await desk.store.newest(Wanted(recipients=offices_of(who), levels=who.may("supervisor")), LATEST)
    return page(
        request,
        "inbox.html",
        reference=None,
        notices=_messages(found, wording, language_of(request)),
        preferences=None,
        office=town.team_name(who.team, language_of(request)) if who.team else who.name,
        way=_ways(request),
    )


def _door(request: Request, typed: str, *, wrong: bool) -> HTMLResponse:
    """One answer for an unknown reference and for a wrong secret: nobody learns which reports there are."""
    example = make_reference(web_of(request).town.reference_prefix, "0" * 26)
    return page(request, "door.html", status_code=404 if wrong else 200, typed=typed, wrong=wrong, example=example)


def _messages(found: Sequence[Case[Notice]], wording: Wording, language: str) -> list[dict[str, Any]]:
    """What can be read in the inbox, newest first, each with what became of it on other channels."""
    shown = []
    for case in sorted(found, key=lambda case: (case.state.happened_at, case.id), reverse=True):
        notice = case.state
        if notice.delivery_on(INBOX):
            said = wording.recall(notice, language)
            shown.append(
                {
                    "id": case.id,
                    "at": notice.happened_at,
                    "urgent": notice.urgent,
                    "subject": said.subject,
                    "body": said.body,
                    "link": said.link,
                    "deliveries": [one for one in notice.deliveries if one.channel != INBOX],
                }
            )
    return shown


def _ways(request: Request) -> Callable[[Delivery], tuple[str, str]]:
    """A delivery in the reader's words, and its colour; the code itself where a newer release knows more of them."""
    words, language = web_of(request).pages.words, language_of(request)

    def word(key: str, code: str, otherwise: str | None = None) -> str:
        found = f"{key}.{code}"
        return words(language, found) if words.has(found) else otherwise or code

    def way(one: Delivery) -> tuple[str, str]:
        said = f"{word('way', one.channel)} · {word('way', one.state)}"
        if one.reason:  # what a mail server answered is one of many
            said += f" ({word('reason', one.reason, words(language, 'reason.other'))})"
        return said, _TONES.get(one.state, "neutral")

    return way
