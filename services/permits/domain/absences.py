"""Who is away, as it is marked at the desk, beside the absences of the profile (ADR 0041, 0042): which office or which
team's examiners, from one day to another, by which order, and who takes their place.

One list for the town: an absence is judged against all others, so they are changed in one write.
"""

from datetime import date, datetime, timedelta

from pydantic import Field

from services.permits.domain.application import Actor, Level
from shared.events.absences import AbsencesChanged, AwayOffice
from shared.kernel import Cause, Reject, Step, StoredModel
from shared.people import Person
from shared.town.absences import Absence, KeptAbsence
from shared.town.away import codes_of
from shared.town.models import Town

DAYS_MOST = 366  # of one absence: who is away for longer is not away, somebody else holds the office
KEPT_DAYS = 400  # after its last day: whoever asks about last year's leave finds it; the trail has them all
ABSENCES_MOST = 200  # not over; and as many that are, the newest


class MarkedAbsence(KeptAbsence, StoredModel):
    """One of them: who marked it, and who ended it."""

    by: Actor
    marked_at: datetime
    ended_by: Actor | None = None

    def over(self, at: datetime, town: Town) -> bool:
        """Whether it is over at `at`: ended early, or after its last day by the town's calendar."""
        return self.ended_at is not None or self.last_day < _find_today(town, at).isoformat()


class AbsenceBook(StoredModel):
    """All that were marked, the newest last. By their ids, so that the trail says which one was changed, and how."""

    marked: dict[str, MarkedAbsence] = Field(default_factory=dict)


def may_mark(who: Person, office: str | None, team: str | None) -> bool:
    """Their own absence, by whoever signs for that office or examines in that team; anybody's by a supervisor."""
    return "supervisor" in who.roles or _is_theirs(who, office, team)


def mark(book: AbsenceBook | None, cause: Cause, town: Town, who: Person, asked: Absence) -> Step[AbsenceBook]:
    """From its first day on whoever takes the place signs or examines, in every replica, until its last day is over."""
    _need_mine(who, asked)
    if not _is_theirs(who, asked.office, asked.team) and _is_theirs(who, *_place_of_deputy(asked)):
        raise Reject("own-deputy", "nobody makes themselves the deputy of somebody else", status=403)
    _need_known(town, asked)
    _need_days(asked, _find_today(town, cause.at))
    kept = _select_kept(book or AbsenceBook(), cause.at, town)
    ahead = [one for one in kept.values() if not one.over(cause.at, town)]
    if len(ahead) >= ABSENCES_MOST:
        raise Reject("too-many-absences", f"at most {ABSENCES_MOST} absences lie ahead", status=422)
    for other in (*town.absences, *(one.absence for one in ahead)):
        _need_no_clash(asked, other)
    days = {"first_day": asked.first_day.isoformat(), "last_day": asked.last_day.isoformat()}
    one = MarkedAbsence(id=cause.id, by=_build_actor(who, asked), marked_at=cause.at, **{**asked.model_dump(), **days})
    return _change_list(book or AbsenceBook(), {**kept, one.id: one}, who)


def end(book: AbsenceBook | None, cause: Cause, town: Town, who: Person, absence: str) -> Step[AbsenceBook]:
    """Whoever was away is back, or does not go. It counts no more from this moment on."""
    found = book.marked.get(absence) if book else None
    if book is None or found is None:
        raise Reject("unknown-absence", "there is no such absence", status=404)
    _need_mine(who, found.absence)
    if found.over(cause.at, town):
        raise Reject("absence-over", "this absence is over")
    ended = found.model_copy(update={"ended_at": cause.at, "ended_by": _build_actor(who, found)})
    return _change_list(book, {**book.marked, found.id: ended}, who)


def _need_mine(who: Person, asked: Absence) -> None:
    if not may_mark(who, asked.office, asked.team):
        raise Reject("not-their-absence", "only a supervisor marks the absence of another office or team", status=403)


def _is_theirs(who: Person, office: str | None, team: str | None) -> bool:
    if office is not None:
        return "signatory" in who.roles and office in who.signs_for
    return team is not None and "examiner" in who.roles and team == who.team


def _place_of_deputy(asked: Absence) -> tuple[str | None, str | None]:
    return (asked.deputy, None) if asked.office else (None, asked.deputy)


def _need_known(town: Town, asked: Absence) -> None:
    if not {asked.who, asked.deputy} <= codes_of(town, asked):
        raise Reject("unknown-office", "the profile has no such office or team", status=422)
    if asked.team and asked.team not in {permit.team for permit in town.permits.values()}:
        raise Reject("examines-nothing", "this team examines no permits: there is nothing to take over", status=422)
    if asked.who == asked.deputy:
        raise Reject("own-place", "nobody takes their own place", status=422)


def _need_days(asked: Absence, today: date) -> None:
    if asked.first_day < today:
        raise Reject("absence-past", "an absence begins today or later", status=422)
    if (asked.last_day - asked.first_day).days >= DAYS_MOST:
        raise Reject("absence-too-long", f"an absence has at most {DAYS_MOST} days", status=422)


def _need_no_clash(asked: Absence, other: Absence) -> None:
    """Two take no place together, and who is away takes nobody's."""
    together = asked.first_day <= other.last_day and other.first_day <= asked.last_day
    if not together or bool(asked.office) != bool(other.office):
        return
    if asked.who == other.who:
        raise Reject("away-already", f"{asked.who!r} is away on some of these days already", status=422)
    if asked.deputy == other.who:
        raise Reject("deputy-away", f"{asked.deputy!r} is away on some of these days too", status=422)
    if asked.who == other.deputy:
        raise Reject("takes-a-place", f"{asked.who!r} takes somebody's place on some of these days", status=422)


def _select_kept(book: AbsenceBook, at: datetime, town: Town) -> dict[str, MarkedAbsence]:
    oldest = (at - timedelta(days=KEPT_DAYS)).date().isoformat()
    over = [one.id for one in book.marked.values() if one.over(at, town)]
    dropped = set(over[:-ABSENCES_MOST])
    return {one.id: one for one in book.marked.values() if one.last_day >= oldest and one.id not in dropped}


def _change_list(book: AbsenceBook, marked: dict[str, MarkedAbsence], who: Person) -> Step[AbsenceBook]:
    told = [AbsencesChanged(actor=who.sub, absences=[_tell_absence(one) for one in marked.values()])]
    return Step(book.model_copy(update={"marked": marked}), told)


def _tell_absence(one: MarkedAbsence) -> AwayOffice:
    return AwayOffice(id=one.id, ended_at=one.ended_at, **one.absence.model_dump(mode="json"))


def _build_actor(who: Person, about: Absence | KeptAbsence) -> Actor:
    """By their own office, or as one of the staff who sees to it for others."""
    own: Level = "signatory" if about.office else "examiner"
    return Actor(sub=who.sub, name=who.name, level=own if _is_theirs(who, about.office, about.team) else "officer")


def _find_today(town: Town, at: datetime) -> date:
    return at.astimezone(town.calendar.zone).date()
