"""The inbox: what a citizen was told of their case, opened by the secret link; for staff, what their office was."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, Response

from services.notify.access import TheDesk, TheWording, find_file, offices_of, party_of, rungs_of
from services.notify.commands import Desk
from services.notify.domain.delivery import Delivery
from services.notify.domain.file import CaseFile
from services.notify.domain.notice import INBOX, Notice
from services.notify.domain.planning import BY_ROLE
from services.notify.drawing import draw
from services.notify.openness import as_open_as_now
from services.notify.queries import Filter
from services.notify.wording import Wording
from shared.events.contacts import contact_key
from shared.kernel import Case
from shared.kernel.gather import all_of
from shared.references import read_reference
from shared.web import Person, Problem, language_of, page, person, rate_limit, team_of, web_of
from shared.web.case_keys import CaseKey, key_of, move_in

router = APIRouter(include_in_schema=False)

Limited = Depends(rate_limit("inbox", per_minute=120, burst=60))
LATEST = 100  # notices of one reader: more than a case ever has
Typed = Annotated[str | None, Query(max_length=60)]
Secret = Annotated[str | None, Query(max_length=64)]
Party = Annotated[str, Query(max_length=64)]
Who = Annotated[Person | None, Depends(person)]
_TONES = {"sent": "ok", "failed": "bad", "retrying": "warn"}


@router.get("/inbox", dependencies=[Limited])
async def inbox(
    request: Request,
    desk: TheDesk,
    wording: TheWording,
    who: Who,
    reference: Typed = None,
    secret: Secret = None,
    party: Party = "",
    levels: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """With `reference` a citizen's, by their link or the key that this browser keeps of it; without it the office's of
    whoever is signed in, else the way in. `levels=all`: for a supervisor also what went to every other level."""
    if reference:
        return await _citizen(request, desk, wording, reference, CaseKey(secret, party) if secret else None)
    if who:
        return await _office(request, desk, wording, who, every_level=levels == "all")
    return _door(request, wrong=False)


@router.post("/inbox", dependencies=[Limited])
async def open_by_link(request: Request, desk: TheDesk, link: Annotated[str, Form(max_length=500)] = "") -> Response:
    """A private link that somebody pasted whole, because it would not open where they found it."""
    address, _, asked = link.strip().partition("?")
    given = QueryParams(asked)
    key = CaseKey(given.get("secret", ""), given.get("party", ""))
    opened = await _open(desk, given.get("reference") or address.rpartition("/")[2][:60], key)
    return _move_in(request, opened[0], key) if opened else _door(request, wrong=True)


async def _open(desk: Desk, typed: str, key: CaseKey | None) -> tuple[Case[CaseFile], str] | None:
    """The file and whose key it is; None for an unknown reference as for a wrong key."""
    try:
        case = await find_file(desk, typed)
    except Problem:
        return None
    whose = await party_of(desk, case, key)
    return (case, whose) if whose else None


def _move_in(request: Request, case: Case[CaseFile], key: CaseKey) -> Response:
    reference = case.state.reference or ""
    return move_in(request, f"/inbox?reference={reference}", reference, key)


async def _citizen(request: Request, desk: Desk, wording: Wording, typed: str, shown: CaseKey | None) -> Response:
    """By the link, which then moves into a cookie, or by the cookie."""
    reference = read_reference(desk.town.reference_prefix, typed) or ""
    opened = await _open(desk, typed, shown or key_of(request, reference))
    if opened is None:
        return _door(request, wrong=True)
    case, whose = opened
    if shown:
        return _move_in(request, case, shown)
    known = await desk.store.find_person(case.id, whose)
    found = await desk.store.list_newest(Filter(recipients=[contact_key(case.id, whose)]), LATEST)
    theirs = [one for one in found if known is None or known.theirs(one.state.happened_at)]
    return page(
        request,
        "inbox.html",
        reference=case.state.reference,
        notices=_messages(await _as_open_as_now(desk, theirs), wording, language_of(request)),
        preferences=desk.links.preferences(case.id, whose, known.link_number if known else 0),  # by the newest link
        office=None,
        every_level=None,
        way=_ways(request),
    )


async def _as_open_as_now(desk: Desk, found: Sequence[Case[Notice]]) -> list[Case[Notice]]:
    """What was told of a case that is closed to others by now is shown to them as the case's own page shows it."""
    known = await all_of(*(as_open_as_now(desk.store, one.state) for one in found))
    return [replace(one, state=notice) for one, notice in zip(found, known, strict=True)]


async def _office(request: Request, desk: Desk, wording: Wording, who: Person, *, every_level: bool) -> HTMLResponse:
    town, supervises = desk.town, who.may("supervisor")
    if not (supervises or who.may(*BY_ROLE)):
        team_of(who, town.teams)  # else the page would stay empty and say nothing
    own = [*offices_of(who), *(rungs_of(who, town) if supervises else ())]
    found = await desk.store.list_newest(Filter(recipients=own, levels=supervises and every_level), LATEST)
    return page(
        request,
        "inbox.html",
        reference=None,
        notices=_messages(found, wording, language_of(request)),
        preferences=None,
        office=town.team_name(who.team, language_of(request)) if who.team else who.name,
        every_level=every_level if supervises else None,
        way=_ways(request),
    )


def _door(request: Request, *, wrong: bool) -> HTMLResponse:
    """One answer for an unknown reference and for a wrong secret: nobody learns which reports there are."""
    example = f"{web_of(request).settings.public_url.rstrip('/')}/track/…?secret=…"
    return page(request, "door.html", status_code=404 if wrong else 200, wrong=wrong, example=example)


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
                    "body": draw(said.letter, wording.origin),
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
