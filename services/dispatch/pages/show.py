"""Draws a page of dispatch with the town's own words and choices that all of them need."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse

from services.dispatch.agency_views import ReferralSummary
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.ladder import scopes
from services.dispatch.domain.place import address_of
from services.dispatch.domain.referral import Referral
from services.dispatch.domain.referring import propose_text
from services.dispatch.domain.rights import has_it, leads
from services.dispatch.domain.states import STATES
from services.dispatch.domain.work_order import LADDER, WorkOrder
from services.dispatch.pages.answers import Answered, answers_of
from services.dispatch.pages.cards import Card
from services.dispatch.pages.history import HistoryWords
from services.dispatch.pages.refusals import state_words
from services.dispatch.pages.responses import responses_for
from services.dispatch.pages.rules import RuleWords
from services.dispatch.pages.steps import step_table
from shared.kernel import now
from shared.town import Text, Town
from shared.town.responses import Offered
from shared.town.vocabulary import LEVELS, OUTCOMES, PAUSE_REASONS, PRIORITIES, word
from shared.web import language_of, page, web_of
from shared.web.people import find_signed_in

FIELD_OUTCOMES = ("fixed", "cannot_be_done", "not_ours")  # what a crew finds; the others come from the report
ENDINGS = ("not_ours", "cannot_be_done")  # a duplicate is merged, which takes its followers along
HOLDING = (*LADDER, "agency")  # who may have work: the town's own, or an agency until it is late
PHOTOS_MOST = 6  # of one form: `UPLOAD_BYTES` holds so many as a camera takes them
PAUSES = ("part", "weather", "reporter", "agency", "other")


def show(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """The page; `query` is added to the addresses of its forms, `members` are those to whom work can be given."""
    members: Sequence[Member] = context.pop("members", ())
    by_team = {"members_of": lambda team: [(one.sub, one.name or one.sub) for one in members if one.team == team]}
    return page(request, template, status_code=status_code, **{**_common(request), **by_team, **context})


def draw(request: Request, template: str, **context: Any) -> str:
    """A piece of a page by itself."""
    return bytes(show(request, template, **context).body).decode()


def _common(request: Request) -> dict[str, Any]:
    web, language = web_of(request), language_of(request)
    town, who = web.town, find_signed_in(request)

    def say(key: str, **values: object) -> str:
        return web.pages.words(language, key, **values)

    def answers(order: WorkOrder) -> list[Answered]:
        return answers_of(town, order, language, say)

    def next_page(cursor: str) -> str:
        others = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        return f"{request.url.path}?{urlencode([*others, ('after', cursor)])}"

    def board_page(cursor: str | None) -> str:
        others = {name: value for name, value in query_to_keep(request, town).items() if name != "after"}
        query = urlencode({**others, **({"after": cursor} if cursor else {})})
        return f"/crew?{query}" if query else "/crew"

    def name_of(key: str, code: str) -> str:
        """The words of a code; the code itself when only a newer release knows it."""
        return say(key) if web.pages.words.has(key) else code

    def say_line(what: str, agency: str) -> str:
        """A line between the town and an agency."""
        key = f"history.{what}"
        return say(key, agency=town.agency_name(agency, language)) if web.pages.words.has(key) else what

    def at_desk(to: str, card: Card, act: str) -> list[Offered]:
        """Ready-made words, where an officer writes."""
        return responses_for(town, card.order, act, language) if to.startswith("/desk/") else []

    def service_level_name(code: str) -> str:
        level = town.service_levels.get(code)
        return level.name.get(language) if level else code

    rules = RuleWords(town, language, say, name_of)
    return {
        "agency_name": lambda code: town.agency_name(code, language),
        "referral_state": lambda it: name_of(
            f"referral.{'to-call' if _phone_to_call(town, it) else it.status}", it.status
        ),
        "phone_to_call": lambda it: _phone_to_call(town, it),
        "agency_state": lambda work: _agency_state(work, say, name_of, language),
        "said_line": say_line,
        "writer": lambda by: name_of(f"who.{by}", by),
        "proposed_text": lambda order: propose_text(town, order),
        "today": now().astimezone(town.calendar.zone).date().isoformat(),
        "priority_name": lambda code: word(PRIORITIES, code, language),
        "level_name": lambda code: word(LEVELS, code, language),
        "pause_reason_name": lambda code: word(PAUSE_REASONS, code, language),
        "service_level_name": service_level_name,
        "kind_name": lambda code: name_of(f"kinds.{code}", code),
        "state_words": lambda order: state_words(request, order),
        "address_of": address_of,
        "answers_of": answers,
        "history_of": HistoryWords(town, language, say, web.pages.words.has, rules.name).lines,
        "rule_words": rules,
        "next_page": next_page,
        "board_page": board_page,
        "acts": ACTS,
        "agency_acts": [act for act in ACTS if act.startswith("agency_")],
        "leads": who is not None and leads(who),
        "has_it": has_it,
        "supervises": who is not None and "supervisor" in who.roles,
        "steps_ahead": lambda: step_table(say),
        "agencies": _agencies(town, language, say("form.by-phone")),
        "teams": _name_parts(town.teams, language),
        "scopes": [(scope, title.get(language)) for scope, title in scopes(town).items()],
        "categories": _name_parts(town.categories, language),
        "states": [(state, say(f"state.{state}")) for state in ("open", "unseen", *STATES)],
        "outcomes": _choose_words(OUTCOMES, FIELD_OUTCOMES, language),
        "endings": _choose_words(OUTCOMES, ENDINGS, language),
        "pause_reasons": _choose_words(PAUSE_REASONS, PAUSES, language),
        "priorities": [(code, text.get(language)) for code, text in PRIORITIES.items()],
        "at_desk": at_desk,
        "levels": [(code, text.get(language)) for code, text in LEVELS.items() if code in HOLDING],
        "channel_name": lambda code: name_of(f"channels.{code}", code),
        "responses_of": lambda order, act: responses_for(town, order, act, language),
        "photos_most": PHOTOS_MOST,
        "query": _query(request, town),
    }


def _phone_to_call(town: Town, referral: Referral) -> str:
    """Where no message went: somebody of the town has to tell the agency, and nobody has said that they did."""
    agency = town.agencies.get(referral.agency)
    return agency.phone if agency and referral.status == "sent" and not agency.is_told_by_message else ""


def _agencies(town: Town, language: str, by_phone: str) -> list[tuple[str, str]]:
    names = _name_parts(town.agencies, language)
    return [(code, name if town.agencies[code].is_told_by_message else f"{name} · {by_phone}") for code, name in names]


def _agency_state(
    work: ReferralSummary, say: Callable[..., str], name_of: Callable[[str, str], str], language: str
) -> str:
    """How it stands as the agency sees it; once the town has closed it, how it ended."""
    if work.outcome:
        return say("agency.state.closed", outcome=word(OUTCOMES, work.outcome, language))
    return name_of(f"agency.state.{work.standing}", work.standing)


def _name_parts(parts: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    return [(code, part.name.get(language)) for code, part in parts.items()]


def _choose_words(words: Mapping[str, Text], codes: tuple[str, ...], language: str) -> list[tuple[str, str]]:
    return [(code, words[code].get(language)) for code in codes]


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
