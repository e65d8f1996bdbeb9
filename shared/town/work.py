"""Who does the work and by when: categories, teams, agencies, routing rules, service levels, escalation."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.emails import Email
from shared.events.reports import Channel, ReportKind
from shared.events.work_orders import Level, Priority
from shared.town.base import Code, FieldName, Part, Text, Words
from shared.words.match import comparable, first_found

Minutes = Annotated[int, Field(gt=0)]
WORDS_MOST = 400  # of one rule: each is held against each of the others when a town's files are checked


class Choice(Part):
    """One answer to choose from."""

    code: Code
    label: Text


class Question(Part):
    """An extra question of a category; its answer travels under `code` (also as an Open311 attribute)."""

    code: FieldName
    label: Text
    type: Literal["text", "number", "choice", "date", "yesno"]
    required: bool = False
    choices: tuple[Choice, ...] = ()


class Duplicates(Part):
    """What counts as a duplicate: reported within this distance, and no longer ago than this."""

    radius_m: Annotated[int, Field(ge=0, le=5000)]
    age_days: Annotated[int, Field(ge=0, le=365)]


class IncidentRule(Part):
    """When reports of a category are one thing: at least so many within so many minutes, and near each other.

    Near is within `radius_m`; with `by_zone` also whatever lies in one zone, which an address without degrees may name.
    An officer confirms what is found. What comes within `join_hours` of the beginning then joins by itself.
    """

    reports: Annotated[int, Field(ge=2, le=100)]
    minutes: Annotated[int, Field(ge=1, le=10_080)]
    radius_m: Annotated[int, Field(ge=10, le=20_000)]
    by_zone: bool = False
    join_hours: Annotated[int, Field(ge=1, le=720)] = 24


class Category(Part):
    """A kind of report. `sensitive`: the public sees only a coarse place; not `public`: it sees nothing at all."""

    name: Text
    description: Text | None = None
    icon: Code
    group: Code
    open311_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    keywords: tuple[Words, ...] = ()  # found in the text as shared/words/match.py says
    # What a report of it may be. A form asks where there are several. When nobody says, one with a place is a problem,
    # if the category takes any, and one without is the first of these.
    kinds: Annotated[tuple[ReportKind, ...], Field(min_length=1)] = ("problem",)
    public: bool = True
    sensitive: bool = False
    duplicates: Duplicates
    incident: IncidentRule | None = None  # None: only an officer makes several reports of it one incident
    notice: Text | None = None  # shown at once: an emergency number, a known outage
    questions: tuple[Question, ...] = ()
    proof: Literal["photo", "note", "none"] = "note"  # what "fixed" needs
    verify: tuple[Priority, ...] | None = None  # how urgent work must be to be checked when done; None: as the town's
    reopen_days: Annotated[int, Field(ge=0, le=365)] = 14  # counted from the resolution


class Group(Part):
    """A heading over categories on the report page."""

    name: Text
    icon: Code


class Post(Part):
    """An office (never a named person) at one level, and its mailbox for escalations."""

    title: Text
    email: Email | None = None


class Team(Part):
    """A crew or desk that holds work. Exactly one team of a town is its triage."""

    name: Text
    unit: Text
    kind: Literal["crew", "triage"] = "crew"
    phone: str | None = None
    email: Email | None = None
    posts: dict[Level, Post] = Field(default_factory=dict)  # crew lead, head of section, director …


class AgencyClock(Part):
    """By when an agency is to answer, and how often it is reminded until it does: as the town has agreed with it."""

    calendar: Literal["working", "always"] = "working"
    answer_minutes: Minutes
    remind_minutes: Minutes | None = None  # of the same calendar; none: only once, when it is overdue


class Webhook(Part):
    """Where a program of the agency takes what it is told. The secret that signs it is in `AGENCY_SECRETS`."""

    # Only a program on this very machine may be met without TLS.
    url: Annotated[
        str, Field(pattern=r"^(https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1)(:\d+)?)(/[^\s#]*)?$", max_length=500)
    ]


class Agency(Part):
    """A body outside the town that some work is referred to; a team of the town watches it.

    Told by mail and webhook, as far as the profile has them; one with neither is told by phone or letter. `clock` None:
    that of all (`agency_clock`).
    """

    name: Text
    phone: str
    email: Email | None = None
    url: str | None = None
    webhook: Webhook | None = None
    language: Literal["th", "en"] = "th"
    clock: AgencyClock | None = None

    @property
    def is_told_by_message(self) -> bool:
        """Whether anything of ours reaches it; otherwise somebody picks up the phone."""
        return self.email is not None or self.webhook is not None


class Recurrence(Part):
    """At least this many reports of the category nearby within so many days, including the new one."""

    reports: Annotated[int, Field(ge=2, le=100)]
    days: Annotated[int, Field(ge=1, le=365)]
    radius_m: Annotated[int, Field(ge=1, le=5000)] = 200


class RoutingConditions(Part):
    """All that are given must hold; in each list one is enough. None given: the rule takes everything."""

    categories: tuple[Code, ...] = ()
    zones: tuple[Code, ...] = ()
    words: Annotated[tuple[Words, ...], Field(max_length=WORDS_MOST)] = ()  # found as a category's keywords are
    not_after: tuple[Words, ...] = ()  # directly before one of `words`, which then does not count: a fear, a plan
    hours: Literal["working", "off"] | None = None
    channels: tuple[Channel, ...] = ()
    kinds: tuple[ReportKind, ...] = ()
    answers: dict[FieldName, tuple[str, ...]] = Field(default_factory=dict)
    recurrence: Recurrence | None = None
    outside_town: bool | None = None

    def word_in(self, text: str) -> str | None:
        """The first of `words` that the comparable text says."""
        return first_found(self.words, text, self.not_after)


class RoutingOutcome(Part):
    """The team that answers for it, always; `agency` when that team is to refer it."""

    team: Code
    agency: Code | None = None
    priority: Priority
    service_level: Code


class RoutingRule(Part):
    """Rules are tried in order and the first whose conditions hold decides."""

    code: Code
    name: Text | None = None
    when: RoutingConditions = RoutingConditions()
    then: RoutingOutcome

    def is_alarm(self, categories: Collection[str]) -> bool:
        """Whether it makes an emergency of words alone, in one of these categories."""
        others = self.when.model_fields_set - {"categories", "words", "not_after"}
        here = not self.when.categories or not set(categories).isdisjoint(self.when.categories)
        return self.then.priority == "emergency" and here and not others


class Routing(Part):
    """The ordered rules. `version` ends in a hash of their file, so a forgotten bump still shows in the record."""

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,40}$")]
    rules: tuple[RoutingRule, ...]
    fallback: RoutingOutcome  # when no rule matched: triage, so that nothing is left with nobody

    def alarm(self, text: str, categories: Collection[str]) -> RoutingRule | None:
        """The first rule that the words alone make an emergency, in one of these categories: nobody who writes so
        should wait for a crew."""
        looked_at = comparable(text)
        return next((rule for rule in self.rules if rule.is_alarm(categories) and rule.when.word_in(looked_at)), None)


class Target(Part):
    """Minutes on the service level's calendar."""

    acknowledge_minutes: Minutes | None = None
    resolve_minutes: Minutes | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Target":
        if self.acknowledge_minutes and self.resolve_minutes and self.acknowledge_minutes > self.resolve_minutes:
            raise ValueError("acknowledge_minutes is more than resolve_minutes")
        return self


class ServiceLevel(Part):
    """A promise: how fast per priority, on the office's hours or round the clock."""

    name: Text
    calendar: Literal["working", "always"]
    targets: dict[Priority, Target]


class Verification(Part):
    """When the desk, or the resident, must say that completed work is done. An officer may check any other too."""

    priorities: tuple[Priority, ...] = ("emergency", "high")  # where the category does not say otherwise
    stars: Annotated[int, Field(ge=1, le=5)] | None = 3  # so good a rating by the reporter is a check; None: none is


class EscalationStep(Part):
    """At `percent` of a clock the holder of `level` is told; from 100 % on, the work is theirs to chase."""

    clock: Literal["acknowledge", "resolve"]
    percent: Annotated[int, Field(ge=1, le=10000)]
    level: Level
