"""Who of a team has the work: taken, given, dropped, and never two of one team on their way to one place unawares."""

from datetime import timedelta

import pytest

from services.dispatch.domain import colleagues, crew_work, desk_work, referring
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.history import Actor
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import WorkOrderAcknowledged, WorkOrderDropped, WorkOrderStarted, WorkOrderTaken
from shared.kernel import Reject
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town

TEAM = "works-water"
KHAMPAN = Actor(sub="crew-water-2", name="คำปัน ท่อใหญ่")
ANAN = Member("crew-water-2", "คำปัน ท่อใหญ่", TEAM)
HOUR = timedelta(hours=1)


def taken() -> WorkOrder:
    return colleagues.take(town(), order(), by(SOMCHAI, MONDAY, team=TEAM)).state


def holder(work: WorkOrder) -> str | None:
    return work.person.sub if work.person else None


def test_who_takes_work_has_it_and_has_seen_it_for_the_team() -> None:
    step = colleagues.take(town(), order(), by(SOMCHAI, MONDAY, team=TEAM))

    assert (step.state.state, holder(step.state)) == ("acknowledged", SOMCHAI.sub)
    assert [type(event) for event in step.events] == [WorkOrderAcknowledged, WorkOrderTaken]
    assert step.events[-1].data()["person"] == SOMCHAI.sub


def test_a_colleague_is_told_who_has_it_before_they_set_out() -> None:
    with pytest.raises(Reject, match="บุญมี สายน้ำ has the work, which is acknowledged") as caught:
        crew_work.start(town(), taken(), by(KHAMPAN, MONDAY + HOUR, team=TEAM))

    assert (caught.value.code, caught.value.status) == ("with-colleague", 409)


def test_who_sets_out_first_has_it() -> None:
    step = crew_work.start(town(), order(), by(SOMCHAI, MONDAY, team=TEAM))

    assert holder(step.state) == SOMCHAI.sub
    assert isinstance(step.events[-1], WorkOrderStarted)
    assert step.events[-1].person == SOMCHAI.sub
    with pytest.raises(Reject, match="with-colleague"):
        crew_work.start(town(), step.state, by(KHAMPAN, MONDAY + HOUR, team=TEAM))


def test_the_desk_sets_out_for_nobody_and_is_kept_from_nothing() -> None:
    assert crew_work.start(town(), order(), by(OFFICER, MONDAY)).state.person is None
    assert crew_work.start(town(), taken(), by(OFFICER, MONDAY, team="triage")).state.state == "on_the_way"


def test_work_is_taken_over_only_by_who_knows_from_whom() -> None:
    for unaware in (None, "crew-water-3"):
        with pytest.raises(Reject, match="with-colleague"):
            colleagues.take(town(), taken(), by(KHAMPAN, MONDAY, team=TEAM), instead_of=unaware)
    step = colleagues.take(town(), taken(), by(KHAMPAN, MONDAY, team=TEAM), instead_of=SOMCHAI.sub)

    assert holder(step.state) == KHAMPAN.sub
    assert step.state.history[-1].facts == {"from": SOMCHAI.name}


def test_a_colleague_finishes_what_another_has_begun_and_the_record_says_who() -> None:
    done = crew_work.complete(town(), taken(), by(KHAMPAN, MONDAY, team=TEAM), photos=["/p/1"]).state

    assert done.completion is not None
    assert done.completion.by == KHAMPAN


def test_who_has_it_and_takes_it_is_told_that_it_is_done_and_nobody_hears_of_it() -> None:
    mine = taken()
    again = colleagues.take(town(), mine, by(SOMCHAI, MONDAY, team=TEAM))

    assert (again.state, [*again.events]) == (mine, [])


@pytest.mark.parametrize("team", [None, "works-roads"])
def test_only_one_of_the_team_takes_it(team: str | None) -> None:
    with pytest.raises(Reject, match="not-of-the-team") as caught:
        colleagues.take(town(), order(), by(KHAMPAN, MONDAY, team=team))

    assert caught.value.status == 403


def test_a_lead_gives_it_to_one_who_has_not_seen_it_yet() -> None:
    step = colleagues.give(town(), order(), by(OFFICER, MONDAY), person=ANAN.sub, member=ANAN)

    assert (step.state.state, holder(step.state)) == ("assigned", ANAN.sub)
    assert isinstance(step.events[-1], WorkOrderTaken)
    assert (step.events[-1].actor, step.events[-1].person) == (OFFICER.sub, ANAN.sub)


@pytest.mark.parametrize(
    "member", [None, Member(ANAN.sub, ANAN.name, "works-roads"), Member("crew-water-9", "x", TEAM)], ids=repr
)
def test_work_is_given_to_nobody_who_is_not_known_to_be_of_the_team(member: Member | None) -> None:
    with pytest.raises(Reject, match="unknown-member") as caught:
        colleagues.give(town(), order(), by(OFFICER, MONDAY), person=ANAN.sub, member=member)
    assert caught.value.status == 422
    elsewhere = order("road-damage")
    with pytest.raises(Reject, match="unknown-member"):
        desk_work.assign(town(), elsewhere, by(OFFICER, MONDAY), team=TEAM, person=ANAN.sub, member=member)


def test_who_gives_it_is_told_that_somebody_else_has_it_by_now() -> None:
    with pytest.raises(Reject, match="with-colleague"):
        colleagues.give(town(), taken(), by(OFFICER, MONDAY), person=ANAN.sub, instead_of="crew-water-3", member=ANAN)
    with pytest.raises(Reject, match="has-it-already"):
        colleagues.give(town(), taken(), by(OFFICER, MONDAY), person=SOMCHAI.sub)


def test_what_is_dropped_stays_the_team_s_as_far_as_it_is() -> None:
    step = colleagues.drop(town(), taken(), by(SOMCHAI, MONDAY))

    assert (step.state.state, step.state.team, step.state.person) == ("acknowledged", TEAM, None)
    assert isinstance(step.events[-1], WorkOrderDropped)
    with pytest.raises(Reject, match="stale-action"):
        colleagues.drop(town(), step.state, by(SOMCHAI, MONDAY))


def test_who_had_it_loses_it_with_its_team() -> None:
    given = desk_work.assign(town(), taken(), by(OFFICER, MONDAY), team="works-roads").state
    refused = crew_work.refuse(town(), taken(), by(SOMCHAI, MONDAY), reason="ไม่ใช่").state
    referred = referring.refer(town(), taken(), by(OFFICER, MONDAY), agency="pwa").state

    assert [work.person for work in (given, refused, referred)] == [None, None, None]


def test_a_team_and_one_of_it_are_given_in_one_act() -> None:
    given = desk_work.assign(
        town(), order("road-damage"), by(OFFICER, MONDAY), team=TEAM, person=ANAN.sub, member=ANAN
    ).state

    assert (given.team, holder(given)) == (TEAM, ANAN.sub)


def test_it_does_not_void_what_was_done_before_it_was_given() -> None:
    """Who has it is no part of where it stands: an act of the morning is not overtaken by a lead's word at noon."""
    began = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    given = colleagues.give(town(), began, by(OFFICER, MONDAY + HOUR), person=ANAN.sub, member=ANAN).state

    assert given.standing == began.standing
    assert given.arrival == began.arrival
