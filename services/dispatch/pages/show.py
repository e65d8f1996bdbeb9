"""Draws a page of dispatch with the town's own words and choices that all of them need."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse

from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.place import address_of
from services.dispatch.domain.referring import propose_text
from services.dispatch.domain.rights import has_it, leads
from services.dispatch.pages.code_words import CodeWords
from services.dispatch.pages.refusals import state_words
from shared.kernel import now
from shared.town import Town
from shared.web import language_of, page, web_of
from shared.web.people import find_signed_in

PHOTOS_MOST = 6  # of one form: `UPLOAD_BYTES` holds so many as a camera takes them


def show(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """The page; `query` is added to the addresses of its forms, `members` are those to whom work can be given."""
    members: Sequence[Member] = context.pop("members", ())
    by_team = {"members_of": lambda team: [(one.sub, one.name or one.sub) for one in members if one.team == team]}
    return page(request, template, status_code=status_code, **{**_list_common(request), **by_team, **context})


def draw(request: Request, template: str, **context: Any) -> str:
    """A piece of a page by itself, as HTML: what a live page puts in place of the one it shows."""
    return bytes(show(request, template, **context).body).decode()


def _list_common(request: Request) -> dict[str, Any]:
    """What templates of dispatch have beside what the page itself brings: words, choices, addresses, and who reads."""
    web, who = web_of(request), find_signed_in(request)
    words = CodeWords(web.town, web.pages, language_of(request))
    return {
        **words.list_names(),
        **words.list_agency_words(),
        **words.list_stories(),
        **words.list_choices(),
        **_list_addresses(request, web.town),
        "leads": who is not None and leads(who),
        "supervises": who is not None and "supervisor" in who.roles,
        "has_it": has_it,
        "state_words": lambda order: state_words(request, order),
        "address_of": address_of,
        "proposed_text": lambda order: propose_text(web.town, order),
        "today": now().astimezone(web.town.calendar.zone).date().isoformat(),
        "photos_most": PHOTOS_MOST,
    }


def _list_addresses(request: Request, town: Town) -> dict[str, Any]:
    """Where the next page of a list is, and what a crew's page keeps from step to step."""

    def next_page(cursor: str) -> str:
        others = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        return f"{request.url.path}?{urlencode([*others, ('after', cursor)])}"

    def board_page(cursor: str | None) -> str:
        others = {name: value for name, value in query_to_keep(request, town).items() if name != "after"}
        query = urlencode({**others, **({"after": cursor} if cursor else {})})
        return f"/crew?{query}" if query else "/crew"

    return {"next_page": next_page, "board_page": board_page, "query": _query(request, town)}


def query_to_keep(request: Request, town: Town) -> dict[str, str]:
    """What a crew's page keeps from step to step: whose board a head looks at, which part of it."""
    asked = request.query_params
    return {
        name: asked[name]
        for name in ("team", "q", "category", "only", "limit", "after")
        if asked.get(name) and (name != "team" or asked[name] in town.teams)
    }


def _query(request: Request, town: Town) -> str:
    """As it is added to the addresses of a crew's page."""
    query = urlencode(query_to_keep(request, town)) if request.url.path.startswith("/crew") else ""
    return f"?{query}" if query else ""
