"""Somebody is away, and another takes their place: by date, in their own name, and never over their own proposal."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.permits import act_letter, letter
from services.permits.domain import decision, revoking
from services.permits.domain.application import Actor, Application
from services.permits.domain.condition import Text
from services.permits.domain.offices import examine_as, sign_as, ways_to_sign
from services.permits.domain.rules import rules_of
from services.permits.domain.signed_acts import Signing
from services.permits.domain.stand_in import StandIn
from shared.kernel import Reject
from shared.people import Person, permit_teams
from shared.town.absences import Absence
from shared.town.away import list_covered
from shared.town.models import Team, Town
from tests.support.permits import EXAMINER, MONDAY, RULES, TOWN, application, at, signed, words

CLERK = Actor(sub="clerk", name="อรุณี", level="signatory")
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 25)
ORDER = "คำสั่งที่ 812/2569"


def absence(**values: object) -> Absence:
    who = {"office": "mayor", "deputy": "clerk", "first_day": FIRST, "last_day": LAST, "order": ORDER}
    return Absence.model_validate({**who, **values})


def town(*absences: Absence) -> Town:
    return TOWN.model_copy(update={"absences": absences})


AWAY = town(absence())


def in_bangkok(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def in_place() -> Actor:
    """The clerk, whose office signs no houses, in the mayor's place."""
    office, who = sign_as(CLERK, RULES, AWAY, {"clerk"}, MONDAY)
    assert office == "mayor"
    return who


def test_a_deputy_signs_in_their_own_name_and_says_in_whose_place() -> None:
    who = in_place()

    assert (who.sub, who.name) == ("clerk", "อรุณี")
    title, away = Text(th="ปลัด", en="ปลัด"), Text(th="นายก", en="นายก")
    assert who.stand_in == StandIn(office="clerk", title=title, capacity="acting", away=away, by_order=ORDER)


@pytest.mark.parametrize(
    ("moment", "signs"),
    [
        (in_bangkok(22, 23, 59), False),
        (in_bangkok(23, 0), True),
        (in_bangkok(25, 23, 59), True),
        (in_bangkok(26, 0), False),
    ],
)
def test_it_begins_and_ends_with_the_days_of_the_town_and_by_nobody_s_act(moment: datetime, signs: bool) -> None:
    assert bool(ways_to_sign(RULES, AWAY, {"clerk"}, moment)) is signs
    if not signs:
        with pytest.raises(Reject, match="no-office"):
            sign_as(CLERK, RULES, AWAY, {"clerk"}, moment)


def test_one_s_own_office_comes_first_and_the_other_when_it_is_asked_for() -> None:
    signatories = tuple(one.model_copy(update={"permits": ()}) for one in TOWN.signatories)
    both = AWAY.model_copy(update={"signatories": signatories})
    rules = rules_of(both, "house-new")

    assert [way.office.code for way in ways_to_sign(rules, both, {"clerk"}, MONDAY)] == ["clerk", "mayor"]
    assert sign_as(CLERK, rules, both, {"clerk"}, MONDAY) == ("clerk", CLERK)
    office, who = sign_as(CLERK, rules, both, {"clerk"}, MONDAY, "mayor")
    assert (office, who.stand_in is not None) == ("mayor", True)


def test_who_is_away_takes_nobody_s_place_and_who_came_back_signs_as_ever() -> None:
    chained = town(absence(deputy="secretary"), absence(office="secretary", deputy="clerk"))

    assert ways_to_sign(RULES, chained, {"clerk"}, MONDAY) == []
    assert sign_as(CLERK, RULES, AWAY, {"mayor", "clerk"}, MONDAY) == ("mayor", CLERK)


def test_nobody_signs_what_they_examined_in_another_s_place_either() -> None:
    examined = decision.examine(application("accepted"), at(), CLERK, "approve", "", "", ()).state

    with pytest.raises(Reject, match="same-person"):
        decision.decide(examined, at(), RULES, AWAY, signed(by=in_place()))


def decided() -> Application:
    return decision.decide(application("examined"), at(), RULES, AWAY, signed(by=in_place())).state


def test_decision_and_timeline_keep_in_whose_place_it_was_signed() -> None:
    after = decided()

    assert after.decision is not None
    assert after.decision.by.stand_in == in_place().stand_in
    assert {line.type: line.stand_in for line in after.timeline if line.stand_in} == {"decided": in_place().stand_in}


@pytest.mark.parametrize(("capacity", "word"), [("acting", "รักษาราชการแทน"), ("delegated", "ปฏิบัติราชการแทน")])
def test_the_letter_says_it_as_the_law_has_it(capacity: str, word: str) -> None:
    _, who = sign_as(CLERK, RULES, town(absence(capacity=capacity)), {"clerk"}, MONDAY)
    after = decision.decide(application("examined"), at(), RULES, AWAY, signed(by=who)).state

    told = letter.compose(after, RULES, TOWN, "https://example.org")["signed"]

    assert (told["name"], told["titles"]) == ("อรุณี", ["ปลัด", f"{word} นายก"])


def test_what_is_signed_later_says_it_too() -> None:
    signing = Signing(in_place(), "mayor", "AAAA-BBBB-CCCC")
    revoked = revoking.revoke(application("decided"), at(), RULES, AWAY, signing, "ม. 40").state

    (act,) = revoked.signed
    assert act.stand_in == in_place().stand_in
    told = act_letter.compose(revoked, act, RULES, TOWN, "https://example.org")["signed"]
    assert told["titles"] == ["ปลัด", "รักษาราชการแทน นายก"]


def test_it_is_said_in_both_languages() -> None:
    stand_in = StandIn(office="clerk", title=Text(th="ปลัด", en="Clerk"), capacity="acting",
                       away=Text(th="นายก", en="Mayor"), by_order=ORDER)  # fmt: skip

    assert stand_in.says("th") == "ปลัด รักษาราชการแทน นายก"
    assert stand_in.says("en") == "Clerk, acting for Mayor"


def teams() -> Town:
    named = {code: Team.model_construct(name=words(code), unit=words(code)) for code in ("building", "roads")}
    away = absence(office=None, team="building", deputy="roads")
    return TOWN.model_copy(update={"absences": (away,), "teams": named})


def of_building(case: Application) -> Application:
    assert case.pin is not None
    return case.model_copy(update={"pin": case.pin.model_copy(update={"team": "building"})})


def test_examiners_of_a_team_take_another_s_place_and_say_so_in_the_proposal() -> None:
    case = of_building(application("accepted"))

    deputy = examine_as(EXAMINER, case, teams(), "roads", MONDAY)
    proposed = decision.examine(case, at(), deputy, "approve", "", "", ()).state

    assert proposed.proposal is not None
    assert proposed.proposal.by.stand_in is not None
    assert proposed.proposal.by.stand_in.says("th") == "roads ปฏิบัติหน้าที่แทน building"
    assert examine_as(EXAMINER, case, teams(), "building", MONDAY) == EXAMINER
    assert examine_as(EXAMINER, case, teams(), "roads", in_bangkok(26, 0)) == EXAMINER


@pytest.mark.parametrize(("role", "sees"), [("examiner", True), ("officer", False)])
def test_they_see_what_waits_for_the_team_whose_place_they_take(role: str, sees: bool) -> None:
    who = Person(sub="x", roles=frozenset({role}), team="roads")

    teams_of_theirs = permit_teams(who, "triage", list_covered(teams(), "roads", MONDAY))

    assert teams_of_theirs is not None
    assert ("building" in teams_of_theirs) is sees
    assert list_covered(teams(), "roads", in_bangkok(26, 0)) == ()
