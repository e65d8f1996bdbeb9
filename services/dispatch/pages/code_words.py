"""The words that pages of dispatch have for codes, and the choices that their forms offer, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from services.dispatch.agency_views import ReferralSummary
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.ladder import scopes
from services.dispatch.domain.referral import Referral
from services.dispatch.domain.states import STATES
from services.dispatch.domain.work_order import LADDER, WorkOrder
from services.dispatch.pages.answers import Answered, answers_of
from services.dispatch.pages.cards import Card
from services.dispatch.pages.history import HistoryWords
from services.dispatch.pages.responses import responses_for
from services.dispatch.pages.rules import RuleWords
from services.dispatch.pages.steps import step_table
from shared.town import Text, Town
from shared.town.responses import Offered
from shared.town.vocabulary import LEVELS, OUTCOMES, PAUSE_REASONS, PRIORITIES, word
from shared.web.pages import Pages

FIELD_OUTCOMES = ("fixed", "cannot_be_done", "not_ours")  # what a crew finds; the others come from the report
ENDINGS = ("not_ours", "cannot_be_done")  # a duplicate is merged, which takes its followers along
HOLDING = (*LADDER, "agency")  # who may have work: the town's own, or an agency until it is late
PAUSES = ("part", "weather", "reporter", "agency", "other")


class CodeWords:
    """Words for one reader; each `list_…` gives templates the names of one kind of words."""

    def __init__(self, town: Town, pages: Pages, language: str) -> None:
        self._town, self._words, self._language = town, pages.words, language
        self._rules = RuleWords(town, language, self.say, self.name_of)

    def say(self, key: str, **values: object) -> str:
        """The page's string of that key."""
        return self._words(self._language, key, **values)

    def name_of(self, key: str, code: str) -> str:
        """The words of a code; the code itself when only a newer release knows it."""
        return self.say(key) if self._words.has(key) else code

    def list_names(self) -> dict[str, Any]:
        """The words of single codes, each by a function of the code."""
        return {
            "agency_name": lambda code: self._town.agency_name(code, self._language),
            "priority_name": lambda code: word(PRIORITIES, code, self._language),
            "level_name": lambda code: word(LEVELS, code, self._language),
            "pause_reason_name": lambda code: word(PAUSE_REASONS, code, self._language),
            "service_level_name": self._service_level_name,
            "kind_name": lambda code: self.name_of(f"kinds.{code}", code),
            "channel_name": lambda code: self.name_of(f"channels.{code}", code),
            "writer": lambda by: self.name_of(f"who.{by}", by),
        }

    def list_agency_words(self) -> dict[str, Any]:
        """How work stands with an agency, as the town and as the agency see it."""
        return {
            "referral_state": lambda it: self.name_of(
                f"referral.{'to-call' if self._phone_to_call(it) else it.status}", it.status
            ),
            "phone_to_call": self._phone_to_call,
            "agency_state": self._agency_state,
            "said_line": self._say_line,
        }

    def list_stories(self) -> dict[str, Any]:
        """What has happened to work, what routing says of it, and ready-made words to answer with."""
        return {
            "answers_of": self._answers_of,
            "history_of": HistoryWords(self._town, self._language, self.say, self._words.has, self._rules.name).lines,
            "rule_words": self._rules,
            "steps_ahead": lambda: step_table(self.say),
            "at_desk": self._at_desk,
            "responses_of": lambda order, act: responses_for(self._town, order, act, self._language),
        }

    def list_choices(self) -> dict[str, Any]:
        """What forms offer, each a list of codes with their words."""
        return {
            "acts": ACTS,
            "agency_acts": [act for act in ACTS if act.startswith("agency_")],
            "agencies": self._list_agencies(),
            "teams": self._name_parts(self._town.teams),
            "categories": self._name_parts(self._town.categories),
            "scopes": [(scope, title.get(self._language)) for scope, title in scopes(self._town).items()],
            "states": [(state, self.say(f"state.{state}")) for state in ("open", "unseen", *STATES)],
            "outcomes": self._choose_words(OUTCOMES, FIELD_OUTCOMES),
            "endings": self._choose_words(OUTCOMES, ENDINGS),
            "pause_reasons": self._choose_words(PAUSE_REASONS, PAUSES),
            "priorities": self._choose_words(PRIORITIES, tuple(PRIORITIES)),
            "levels": self._choose_words(LEVELS, tuple(code for code in LEVELS if code in HOLDING)),
        }

    def _service_level_name(self, code: str) -> str:
        level = self._town.service_levels.get(code)
        return level.name.get(self._language) if level else code

    def _phone_to_call(self, referral: Referral) -> str:
        """Where no message went: somebody of the town has to tell the agency, and nobody has said that they did."""
        agency = self._town.agencies.get(referral.agency)
        return agency.phone if agency and referral.status == "sent" and not agency.is_told_by_message else ""

    def _agency_state(self, work: ReferralSummary) -> str:
        """How it stands as the agency sees it; once the town has closed it, how it ended."""
        if work.outcome:
            return self.say("agency.state.closed", outcome=word(OUTCOMES, work.outcome, self._language))
        return self.name_of(f"agency.state.{work.standing}", work.standing)

    def _say_line(self, what: str, agency: str) -> str:
        """A line between the town and an agency."""
        key = f"history.{what}"
        named = self._town.agency_name(agency, self._language)
        return self.say(key, agency=named) if self._words.has(key) else what

    def _answers_of(self, order: WorkOrder) -> list[Answered]:
        return answers_of(self._town, order, self._language, self.say)

    def _at_desk(self, to: str, card: Card, act: str) -> list[Offered]:
        """Ready-made words, where an officer writes."""
        return responses_for(self._town, card.order, act, self._language) if to.startswith("/desk/") else []

    def _list_agencies(self) -> list[tuple[str, str]]:
        by_phone, agencies = self.say("form.by-phone"), self._town.agencies
        return [
            (code, name if agencies[code].is_told_by_message else f"{name} · {by_phone}")
            for code, name in self._name_parts(agencies)
        ]

    def _name_parts(self, parts: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(code, part.name.get(self._language)) for code, part in parts.items()]

    def _choose_words(self, words: Mapping[str, Text], codes: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(code, words[code].get(self._language)) for code in codes]
