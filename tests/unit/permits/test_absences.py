"""Marking who is away: by whom, for which days, with which deputy; it counts at once, and ends by itself or early."""

from datetime import date, datetime, timedelta

import pytest

from services.permits.domain.absences import ABSENCES_MOST, AbsenceBook, end, may_mark
from services.permits.domain.absences import mark as marking
from services.permits.domain.application import Actor
from services.permits.domain.offices import examine_as, sign_as, ways_to_sign
from shared.events.absences import AbsencesChanged
from shared.kernel import Reject
from shared.people import Person
from shared.town.absences import Absence
from shared.town.away import with_marked
from shared.town.models import Signatory, Team, Town
from tests.support.permits import EXAMINER, MONDAY, RULES, TOWN, application, at, words

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
CLERK = Actor(sub="clerk", name="อรุณี", level="signatory")
SUPERVISOR = Person(sub="head", name="ปราณี", roles=frozenset({"supervisor"}))
MAYOR = Person(sub="mayor", name="สุดา", roles=frozenset({"signatory"}), signs_for=frozenset({"mayor"}))
DEPUTY = Person(sub="clerk", name="อรุณี", roles=frozenset({"signatory"}), signs_for=frozenset({"clerk"}))
INSPECTOR = Person(sub="examiner", name="ธีระ", roles=frozenset({"examiner"}), team="building")


def offices() -> Town:
    """Three offices and three teams, of which one examines permits."""
    permit = TOWN.permits["house-new"].model_copy(update={"team": "building"})
    named = {code: Team.model_construct(name=words(code), unit=words(code)) for code in ("building", "roads", "water")}
    signatories = (*TOWN.signatories, Signatory(code="deputy-mayor", title=words("รองนายก")))
    return TOWN.model_copy(update={"permits": {"house-new": permit}, "teams": named, "signatories": signatories})


HERE = offices()


def asked(**values: object) -> Absence:
    days = {"first_day": TODAY, "last_day": TODAY + 2 * DAY, "order": "คำสั่งที่ 812/2569"}
    return Absence.model_validate({"office": "mayor", "deputy": "clerk", **days, **values})


def of_team(**values: object) -> Absence:
    return asked(office=None, **{"team": "building", "deputy": "roads", **values})


def marked(*absences: Absence, by: Person = SUPERVISOR, moment: datetime = MONDAY) -> AbsenceBook:
    book: AbsenceBook | None = None
    for one in absences:
        book = marking(book, at(moment), HERE, by, one).state
    return book or AbsenceBook()


def on(book: AbsenceBook, moment: datetime) -> Town:
    return with_marked(HERE, book.marked.values(), moment)


def test_the_deputy_signs_from_the_first_day_to_the_end_of_the_last() -> None:
    book = marked(asked())

    office, who = sign_as(CLERK, RULES, on(book, MONDAY), {"clerk"}, MONDAY)
    assert (office, who.stand_in and who.stand_in.by_order) == ("mayor", "คำสั่งที่ 812/2569")
    last = datetime(2026, 11, 25, 16, 59, tzinfo=MONDAY.tzinfo)  # 23:59 in the town
    assert ways_to_sign(RULES, on(book, last), {"clerk"}, last)
    over = last + timedelta(minutes=1)
    assert ways_to_sign(RULES, on(book, over), {"clerk"}, over) == []


def test_whoever_is_back_early_is_back_at_once_and_what_was_before_stays() -> None:
    book, moment = marked(asked()), MONDAY + timedelta(hours=3)
    (one,) = book.marked

    after = end(book, at(moment), HERE, MAYOR, one).state

    assert ways_to_sign(RULES, on(after, moment), {"clerk"}, moment) == []
    assert ways_to_sign(RULES, on(after, MONDAY), {"clerk"}, MONDAY)
    ended = after.marked[one]
    assert (ended.ended_at, ended.ended_by and ended.ended_by.sub) == (moment, "mayor")
    with pytest.raises(Reject, match="absence-over"):
        end(after, at(moment), HERE, MAYOR, one)
    assert marking(after, at(moment), HERE, MAYOR, asked(deputy="deputy-mayor")).state.marked.keys() > {one}


def test_the_examiners_of_another_team_take_the_place_of_a_team() -> None:
    case = application("accepted")
    assert case.pin is not None
    case = case.model_copy(update={"pin": case.pin.model_copy(update={"team": "building"})})

    town = on(marked(of_team(), by=INSPECTOR), MONDAY)

    stand_in = examine_as(EXAMINER, case, town, "roads", MONDAY).stand_in
    assert stand_in is not None
    assert (stand_in.office, stand_in.capacity) == ("roads", "covering")


@pytest.mark.parametrize(
    ("who", "absence", "may"),
    [
        (MAYOR, asked(), True),
        (DEPUTY, asked(), False),
        (DEPUTY, asked(office="clerk", deputy="mayor"), True),
        (INSPECTOR, asked(), False),
        (INSPECTOR, of_team(), True),
        (INSPECTOR.model_copy(update={"team": "water"}), of_team(), False),
        (MAYOR, of_team(), False),
        (SUPERVISOR, asked(), True),
        (SUPERVISOR, of_team(), True),
        (Person(sub="admin", roles=frozenset({"admin"})), asked(), False),
        (Person(sub="officer", roles=frozenset({"officer"}), team="building"), of_team(), False),
    ],
)
def test_one_marks_one_s_own_absence_and_a_supervisor_anybody_s(who: Person, absence: Absence, may: bool) -> None:
    assert may_mark(who, absence.office, absence.team) is may
    if may:
        book = marked(absence, by=who)
        end(book, at(), HERE, who, next(iter(book.marked)))
        return
    book = marked(absence)
    with pytest.raises(Reject, match="not-their-absence"):
        marking(None, at(), HERE, who, absence)
    with pytest.raises(Reject, match="not-their-absence"):
        end(book, at(), HERE, who, next(iter(book.marked)))


def test_nobody_makes_themselves_the_deputy_of_somebody_else() -> None:
    both = DEPUTY.model_copy(update={"roles": frozenset({"supervisor", "signatory"})})

    with pytest.raises(Reject) as refused:
        marking(None, at(), HERE, both, asked())

    assert (refused.value.code, refused.value.status) == ("own-deputy", 403)


@pytest.mark.parametrize(
    ("absence", "code"),
    [
        (asked(office="governor"), "unknown-office"),
        (asked(deputy="governor"), "unknown-office"),
        (asked(deputy="roads"), "unknown-office"),
        (asked(deputy="mayor"), "own-place"),
        (of_team(team="water"), "examines-nothing"),
        (of_team(deputy="nobody"), "unknown-office"),
        (asked(first_day=TODAY - DAY), "absence-past"),
        (asked(last_day=TODAY + 366 * DAY), "absence-too-long"),
    ],
)
def test_what_makes_no_absence_is_refused(absence: Absence, code: str) -> None:
    with pytest.raises(Reject) as refused:
        marking(None, at(), HERE, SUPERVISOR, absence)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (asked(deputy="deputy-mayor", first_day=TODAY + 2 * DAY, last_day=TODAY + 9 * DAY), "away-already"),
        (asked(office="deputy-mayor", deputy="mayor"), "deputy-away"),
        (asked(office="clerk", deputy="deputy-mayor"), "takes-a-place"),
        (asked(first_day=TODAY + 3 * DAY, last_day=TODAY + 3 * DAY), ""),
        (of_team(), ""),
    ],
)
def test_no_place_is_taken_twice_and_who_is_away_takes_nobody_s(second: Absence, code: str) -> None:
    book = marked(asked())
    in_profile = HERE.model_copy(update={"absences": (asked(),)})

    for town, before in ((HERE, book), (in_profile, None)):
        if not code:
            assert marking(before, at(), town, SUPERVISOR, second).state.marked
            continue
        with pytest.raises(Reject) as refused:
            marking(before, at(), town, SUPERVISOR, second)
        assert refused.value.code == code


def test_each_change_tells_the_whole_list_and_nobody_s_name() -> None:
    step = marking(marked(asked()), at(), HERE, SUPERVISOR, of_team())

    (event,) = step.events
    assert isinstance(event, AbsencesChanged)
    assert [(one.office or one.team, one.deputy) for one in event.absences] == [
        ("mayor", "clerk"),
        ("building", "roads"),
    ]
    assert "ปราณี" not in str(event.data())


def test_what_is_long_over_is_left_out_and_the_list_has_an_end() -> None:
    book = marked(asked())
    later = MONDAY + 500 * DAY
    again = asked(first_day=TODAY + 500 * DAY, last_day=TODAY + 501 * DAY)
    assert len(marking(book, at(later), HERE, SUPERVISOR, again).state.marked) == 1

    one = next(iter(book.marked.values()))
    full = AbsenceBook(marked={str(number): one for number in range(ABSENCES_MOST)})
    full = full.model_copy(update={"marked": {key: one.model_copy(update={"id": key}) for key in full.marked}})
    with pytest.raises(Reject, match="too-many-absences"):
        marking(full, at(), HERE, SUPERVISOR, of_team())


def test_what_is_over_takes_no_room_from_what_lies_ahead() -> None:
    """Two hundred leaves in thirteen months, and nobody could be away any more; the newest of them can be looked up."""
    one = next(iter(marked(asked()).marked.values()))
    back = {str(number): one.model_copy(update={"id": str(number), "ended_at": MONDAY}) for number in range(300)}

    kept = marking(AbsenceBook(marked=back), at(), HERE, SUPERVISOR, of_team()).state.marked
    assert list(kept)[:-1] == [str(number) for number in range(100, 300)]


def test_an_absence_of_an_office_that_the_profile_no_longer_has_counts_for_nothing() -> None:
    book = marked(asked(office="deputy-mayor"))
    smaller = HERE.model_copy(update={"signatories": TOWN.signatories})

    assert with_marked(smaller, book.marked.values(), MONDAY).absences == ()


def test_a_code_of_a_newer_release_leaves_the_absence_readable() -> None:
    one = next(iter(marked(asked()).marked.values()))

    assert one.model_copy(update={"capacity": "by-law", "level": "governor"}).absence == one.absence
