"""Where work stands with an agency outside the town: what it was told, what it answered, and by when it is to answer.

Who moves it: `referring.py` (the town), `agency_work.py` (the agency) and `chasing.py` (time).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.calendar import WorkingCalendar
from shared.kernel import Lenient, Moment, StoredModel
from shared.town.models import Agency, AgencyClock, Town

# sending: a message to it is on its way. failed: none of the ways to it took the message. asked: it asks the town.
# declined: it says that the work is not its own. done: it says that the work is done; the town closes it.
Standing = Literal["sending", "sent", "failed", "received", "asked", "answered", "declined", "done", "taken_back"]
HOLDING: tuple[Standing, ...] = ("sending", "sent", "received", "asked", "answered", "done")  # the agency has the work
OWING: tuple[Standing, ...] = ("sending", "sent", "received", "answered")  # and owes the town its next word
REMINDERS_MOST = 6  # without an answer; whoever reads none of six reads no seventh: the town's people take the phone
CHASED = "agency"  # the kind of its moments
LINK_DAYS = 14  # as long as a message about it may lie unread over holidays; each further message brings a new link


class Referral(StoredModel):
    """The last time the work was handed to an agency. It stays when the work comes back: what came of it is shown.

    `answer_by`: when the agency's next word is due; `remind_at`: when it is reminded next. `link`: how many links to
    answer by there have been for this work, `link_used`: the newest of them by which was answered.
    """

    agency: str
    status: Annotated[Standing, Lenient]
    at: datetime
    referred_at: datetime | None = None
    text: str | None = None
    photos: int = 0
    why: str | None = None
    agency_reference: str | None = None
    expected_at: datetime | None = None
    note: str | None = None
    answer_by: datetime | None = None
    remind_at: datetime | None = None
    reminders: int = 0
    overdue_at: datetime | None = None
    link: int = 0
    link_until: datetime | None = None
    link_used: int = 0
    earlier: list[str] = Field(default_factory=list)  # agencies that had it before, the newest last

    @property
    def holds(self) -> bool:
        """Whether the agency has the work now."""
        return self.status in HOLDING

    @property
    def owes(self) -> bool:
        """Whether the town waits for a word of the agency's."""
        return self.status in OWING

    @property
    def is_overdue(self) -> bool:
        """Whether that word should have come by now: somebody of the town has to ask."""
        return self.owes and self.overdue_at is not None

    def is_for(self, agency: str | None) -> bool:
        """Whether it is this agency's business, also when the work has come back; not of one that was never reached."""
        return agency == self.agency and self.status != "failed"


def holder_of(referral: Referral | None) -> str | None:
    """The agency that has the work; None: none has."""
    return referral.agency if referral and referral.holds else None


def renew_link(referral: Referral, at: datetime) -> Referral:
    """With a further link to answer by: the one before opens nothing any more."""
    return referral.model_copy(update={"link": referral.link + 1, "link_until": at + timedelta(days=LINK_DAYS)})


def end_referral(referral: Referral | None, at: datetime) -> Referral | None:
    """What is left of it when somebody of the town has the work: it is taken back from an agency that had it."""
    if referral is None or not referral.holds:
        return referral
    return stop_clocks(referral.model_copy(update={"status": "taken_back", "at": at}))


def stop_clocks(referral: Referral) -> Referral:
    """The agency owes nothing more: neither an answer nor a reminder is waited for."""
    return referral.model_copy(update={"answer_by": None, "remind_at": None})


def start_clock(town: Town, referral: Referral, at: datetime) -> Referral:
    """Its next word counts from then, by what the town has agreed with the agency."""
    agency = town.agencies.get(referral.agency)
    clock = clock_of(town, agency)
    fresh = {"overdue_at": None, "reminders": 0}
    if clock is None:
        return stop_clocks(referral.model_copy(update=fresh))
    by = calendar_of(town, clock).add_minutes(at, clock.answer_minutes)
    return referral.model_copy(update={**fresh, "answer_by": by, "remind_at": find_next_reminder(town, agency, at)})


def find_next_reminder(town: Town, agency: Agency | None, at: datetime) -> datetime | None:
    """When an agency is reminded that was written to then; never one that nothing reaches: its team has the phone."""
    clock = clock_of(town, agency)
    if clock is None or clock.remind_minutes is None or agency is None or not agency.is_told_by_message:
        return None
    return calendar_of(town, clock).add_minutes(at, clock.remind_minutes)


def clock_of(town: Town, agency: Agency | None) -> AgencyClock | None:
    """By when it answers: as was agreed with it, else as the town has it for all. None: the profile has lost it."""
    return (agency.clock or town.agency_clock) if agency else None


def calendar_of(town: Town, clock: AgencyClock) -> WorkingCalendar:
    """The hours that count for that clock of an agency: all of them, or the town's working hours."""
    return town.always if clock.calendar == "always" else town.calendar


def referral_moments(referral: Referral | None) -> Sequence[Moment]:
    """When time alone changes something about it; `timers.py` goes on then (`chasing.chase`)."""
    if referral is None or not referral.owes:
        return ()
    found = [Moment(f"{CHASED} remind {referral.link}", referral.remind_at)] if referral.remind_at else []
    if referral.answer_by and referral.overdue_at is None:
        found.append(Moment(f"{CHASED} overdue {referral.link}", referral.answer_by))
    return found
