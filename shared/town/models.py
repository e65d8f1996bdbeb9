"""A town: everything in which one municipality differs from another, as one frozen value. Read by every service."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from shared.calendar import Holiday, Hours, WeekHours, WorkingCalendar
from shared.events.work_orders import Level
from shared.town.absences import Absence
from shared.town.base import Code, Colour, FilePath, Part, Text, Words
from shared.town.base_map import BaseMap
from shared.town.conditions import Condition
from shared.town.notices import PLACEHOLDERS, Audience, Message, NoticeRule, Template
from shared.town.payments import Payments
from shared.town.permits import (
    Appeal,
    Document,
    Duration,
    Fee,
    FormField,
    Lane,
    PermitStep,
    PermitType,
    Signatory,
)  # fmt: skip
from shared.town.places import Bounds, LandUseZone, Point, Zone
from shared.town.plan import TownPlan
from shared.town.responses import Response
from shared.town.work import (
    Agency,
    AgencyClock,
    Category,
    Choice,
    Duplicates,
    EscalationStep,
    Group,
    IncidentRule,
    Post,
    Question,
    Recurrence,
    Routing,
    RoutingConditions,
    RoutingOutcome,
    RoutingRule,
    ServiceLevel,
    Target,
    Team,
    Verification,
    Webhook,
)  # fmt: skip
from shared.words.match import comparable, count_covered

if TYPE_CHECKING:
    from shared.town.ground import Ground

__all__ = [
    "PLACEHOLDERS", "Agency", "AgencyClock", "Appeal", "Audience", "BaseMap", "Bounds", "Branding", "Category",
    "Choice", "Condition", "Contact", "Document", "Duplicates", "Duration", "EmergencyNumber", "EscalationStep",
    "Fee", "FormField", "Group", "Holiday", "Hours", "IncidentRule", "LandUseZone", "Lane", "Layer", "Message",
    "NoticeRule", "PermitStep", "PermitType", "Point", "Post", "Question", "Recurrence", "Retention", "Routing",
    "RoutingConditions", "RoutingOutcome", "RoutingRule", "ServiceLevel", "Signatory", "Target", "Team", "Template",
    "Text", "Town", "TownCalendar", "TownPlan", "Verification", "Webhook", "WeekHours", "Zone",
]  # fmt: skip

TownLanguage = Literal["th", "en"]
ABOVE_CREWS: tuple[Level, ...] = ("head", "director", "clerk", "mayor")


class DataProtection(Part):
    """Who answers for personal data, where that is not the one-stop centre: the privacy notice names it."""

    office: Text
    phone: Words | None = None
    email: Words | None = None


class Contact(Part):
    """How to reach the town's one-stop centre."""

    office: Text
    address: Text
    phone: Words | None = None  # the town's own number; pages and messages leave it out without one
    email: Words | None = None
    website: Words | None = None
    security: Words | None = None  # where weaknesses of the site are reported, a mail address; without one, `email`
    hours: Text | None = None
    location: Point | None = None  # where it is; the search for places finds it by its name and its address
    data_protection: DataProtection | None = None


class EmergencyNumber(Part):
    """A number to call instead of writing a report."""

    name: Text
    phone: Words


class Branding(Part):
    """Colours and logo; white text must be readable on each of the colours."""

    primary: Colour
    accent: Colour
    logo: FilePath | None = None


class Layer(Part):
    """A GeoJSON layer for the town's map; `attribution` is shown wherever it is."""

    code: Code
    name: Text
    file: FilePath
    attribution: Words
    licence: Words


class Retention(Part):
    """After how many days a closed case loses its people (docs/operations/personal-data.md); followers go along."""

    reporter_days: Annotated[int, Field(ge=30)] = 365
    applicant_days: Annotated[int, Field(ge=30)] = 3650


class Calls(Part):
    """Who may look up a reporter's contact to speak with them, beside officers: the crew that has the work, if the town
    says so. One person may do it so often an hour; each look leaves a line in the trail and in the report's history."""

    crew: bool = False
    most_an_hour: Annotated[int, Field(ge=1, le=200)] = 20


class TownCalendar(WorkingCalendar):
    """The office's calendar; `years` are the ones whose holidays are in the profile."""

    years: tuple[int, ...] = Field(min_length=1)


class Town(Part):
    """One municipality. Codes are keys; order is the order of the files, which pages keep."""

    directory: Path
    code: Code
    name: Text
    kind: Text
    timezone: str
    languages: tuple[TownLanguage, ...] = Field(min_length=1)
    locality: Text | None = None  # what follows every address in town: subdistrict, district, province
    reference_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    bounds: Bounds
    centre: Point
    contact: Contact
    emergency: tuple[EmergencyNumber, ...] = ()
    branding: Branding
    retention: Retention = Retention()
    calls: Calls = Calls()
    map: BaseMap | None = None
    layers: tuple[Layer, ...] = ()
    groups: dict[Code, Group]
    categories: dict[Code, Category]
    teams: dict[Code, Team]
    agencies: dict[Code, Agency] = Field(default_factory=dict)
    # For each that has no clock of its own: three working days of eight hours, and a reminder on each of them.
    agency_clock: AgencyClock = AgencyClock(answer_minutes=1440, remind_minutes=480)
    posts: dict[Level, Post] = Field(default_factory=dict)  # above all teams: clerk, mayor
    zones: tuple[Zone, ...] = ()
    land_use: tuple[LandUseZone, ...] = ()
    plan: TownPlan | None = None
    routing: Routing
    service_levels: dict[Code, ServiceLevel]
    verification: Verification = Verification()
    escalation: tuple[EscalationStep, ...] = ()
    calendar: TownCalendar
    permits: dict[Code, PermitType] = Field(default_factory=dict)
    permit_escalation: tuple[PermitStep, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    absences: tuple[Absence, ...] = ()
    payments: Payments | None = None
    responses: tuple[Response, ...] = ()
    notices: tuple[NoticeRule, ...]
    templates: dict[Code, Template]

    def zone_of(self, latitude: float, longitude: float) -> Zone | None:
        """The village or service area that holds a point; None outside all of them."""
        return next((zone for zone in self.zones if zone.contains(latitude, longitude)), None)

    def zone_named(self, words: str) -> Zone | None:
        """The zone that an address names, for a place without degrees; of several the one of whose words it
        holds most."""
        looked_at = comparable(words)
        named = [(count_covered(zone.words, looked_at), zone) for zone in self.zones]
        letters, zone = max(named, key=lambda one: one[0], default=(0, None))
        return zone if letters else None

    def land_use_of(self, latitude: float, longitude: float) -> LandUseZone | None:
        """The zone of the town plan that holds a point; the first where zones overlap."""
        return next((zone for zone in self.land_use if zone.contains(latitude, longitude)), None)

    @cached_property
    def ground(self) -> "Ground":
        """Parcels, roads and buildings of the plan's layers, read when they are first asked for."""
        from shared.town.ground import read_ground  # 50 MB of geometry and projections that permits alone needs

        return read_ground(self.directory, self.plan)

    @cached_property
    def always(self) -> WorkingCalendar:
        """Round the clock in the town's time zone."""
        return WorkingCalendar.always(self.timezone)

    def shows(self, category: object) -> bool:
        """Whether the public may hear of cases of this category; a code that the profile lacks hides nothing."""
        known = self.categories.get(category) if isinstance(category, str) else None
        return known is None or known.public

    @cached_property
    def triage(self) -> str:
        """The code of the team that takes what no rule routes."""
        return self.routing.fallback.team

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels above the crews that somebody holds here, the lowest first."""
        held = {level for team in self.teams.values() for level in team.posts} | set(self.posts)
        return tuple(level for level in ABOVE_CREWS if level in held)

    def post(self, level: Level, team: str | None = None) -> Post | None:
        """Who holds a level: the team's own post, else the town's."""
        own = self.teams[team].posts.get(level) if team in self.teams else None
        return own or self.posts.get(level)

    def category_name(self, code: str, language: str) -> str:
        """A category's name; the code itself when the profile no longer has it (old cases outlive categories)."""
        category = self.categories.get(code)
        return category.name.get(language) if category else code

    def team_name(self, code: str | None, language: str) -> str:
        """A team's name; of triage when there is none, the code itself when the profile no longer has it."""
        team = self.teams.get(code or self.triage)
        return team.name.get(language) if team else str(code)

    def agency_name(self, code: str, language: str) -> str:
        """An agency's name; the code itself when the profile no longer has it."""
        agency = self.agencies.get(code)
        return agency.name.get(language) if agency else code

    def permit_name(self, code: str, language: str) -> str:
        """A permit type's name; the code itself when the profile no longer has it."""
        permit = self.permits.get(code)
        return permit.name.get(language) if permit else code
