"""Work that an agency outside the town has: what it is told, what it says, and what becomes of the work then."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.dispatch.domain import agency_work, crew_work, desk_work, referring
from services.dispatch.domain.chasing import chase
from services.dispatch.domain.clocks import Clocks
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.referral import REMINDERS_MOST, Referral
from services.dispatch.domain.work_order import WorkOrder, moments
from services.dispatch.pages.cards import sort_by_pressure
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.base import Event
from shared.kernel import Reject, Step
from tests.support.dispatch_pages import BOARD, carded, crew_page, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, order, town

LATER = MONDAY + timedelta(hours=1)
PEA = Actor(sub="agency-pea", name="PEA")
HOUR = timedelta(hours=1)


SAID = "ไฟดับทั้งซอย 4\n\n“หม้อแปลงระเบิด โทร •••”"  # the officer's words, and what everybody may read of the reporter's


def referred(category: str = "power-cut", **more: Any) -> WorkOrder:
    return referring.refer(town(), order(category), by(OFFICER, MONDAY), **{"agency": "pea", **more}).state


def the(step: Step[WorkOrder] | None) -> tuple[WorkOrder, Event]:
    """The order and the one event of a step."""
    assert step is not None
    (event,) = step.events
    return step.state, event


def referral_of(work: WorkOrder) -> Referral:
    assert work.referral is not None
    return work.referral


def next_moments(work: WorkOrder) -> dict[str, datetime]:
    return {one.name: one.at for one in moments(work) if one.name.startswith("agency")}


def test_an_agency_is_told_all_that_it_needs_and_by_when_to_answer() -> None:
    reported = order("power-cut", text="หม้อแปลงระเบิด โทร 081-234-5678", photos=2)
    step = referring.refer(town(), reported, by(OFFICER, MONDAY), agency="pea", text="ไฟดับทั้งซอย 4", photos=True)
    work, told = the(step)
    assert isinstance(told, WorkOrderReferred)
    assert (told.agency, told.text, told.photos, told.status) == ("pea", SAID, 2, "sending")
    assert told.location is not None
    assert told.due_at == work.due_at
    assert told.answer_by == MONDAY + timedelta(hours=4)
    assert told.link_number == 1
    assert told.link_until is not None
    assert (work.state, work.level) == ("referred", "agency")


def test_what_everybody_may_read_is_what_an_agency_is_told_unless_an_officer_writes() -> None:
    step = referring.refer(town(), order("power-cut", text="ไฟดับ โทร 081-234-5678"), by(OFFICER, MONDAY), agency="pea")
    told = step.events[-1]
    assert isinstance(told, WorkOrderReferred)
    assert told.text is not None
    assert "ไฟดับ" in told.text
    assert "081" not in told.text


@pytest.mark.parametrize("category", ["welfare"])
def test_of_what_nobody_else_may_read_an_agency_is_told_only_what_an_officer_writes(category: str) -> None:
    hidden = order(category, text="เพื่อนบ้านชื่อสมชาย", photos=1)
    with pytest.raises(Reject, match="referral-text"):
        referring.refer(town(), hidden, by(OFFICER, MONDAY), agency="police")
    told = referring.refer(town(), hidden, by(OFFICER, MONDAY), agency="police", text="ขอให้เข้าตรวจสอบ").events[-1]
    assert isinstance(told, WorkOrderReferred)
    assert (told.text, told.photos) == ("ขอให้เข้าตรวจสอบ", 0)


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_agency_that_no_message_reaches_is_to_be_called(language: str) -> None:
    """It said that it had been told, its number was gone, and nobody chased it."""
    work, _ = the(referring.refer(town(), order(), by(OFFICER, MONDAY), agency="highways"))
    phone = town().agencies["highways"].phone
    form = "ต้องโทรแจ้งเอง" if language == "th" else "you have to call them"

    def card(of: WorkOrder) -> str:
        return drawn("crew.html", language=language, cards=[carded(of)], done=None, **crew_page())

    assert f'href="tel:{phone}"' in card(work)
    assert form in card(begun().state)
    received = agency_work.receive(town(), work, by(OFFICER, MONDAY), agency_reference=None, note=None).state
    assert f'href="tel:{phone}"' not in card(received)


def test_an_agency_that_no_message_reaches_has_been_told_by_phone() -> None:
    work, told = the(referring.refer(town(), order(), by(OFFICER, MONDAY), agency="highways"))
    assert isinstance(told, WorkOrderReferred)
    assert (told.status, referral_of(work).status) == ("sent", "sent")


@pytest.mark.parametrize("agency", ["highways", "rural-roads", "police"])
def test_an_agency_with_which_nothing_was_agreed_is_overdue_by_the_clock_of_all(agency: str) -> None:
    """No message reminds it: nobody would read it. Its team is told once, and takes the phone."""
    work = referring.refer(town(), order(), by(OFFICER, MONDAY), agency=agency, text="ขอให้ซ่อม").state
    clock = town().agency_clock
    due = town().calendar.add_minutes(MONDAY, clock.answer_minutes)

    assert town().agencies[agency].clock is None
    assert next_moments(work) == {"agency overdue 1": due}
    overdue, chased = the(chase(town(), work, due))
    assert isinstance(chased, WorkOrderAgencyChased)
    assert (chased.reason, referral_of(overdue).overdue_at) == ("overdue", due)
    assert next_moments(overdue) == {}


def test_whom_the_crew_has_to_ask_stands_first_among_what_waits_and_says_so() -> None:
    """It stood by its due time, far behind work that waits for a part: nobody rang the agency."""
    waits = referring.refer(town(), order(), by(OFFICER, MONDAY), agency="police").state
    sooner = waits.model_copy(update={"clocks": quicker(waits)})
    overdue, _ = the(chase(town(), waits, referral_of(waits).answer_by or MONDAY))
    cards = [carded(sooner, "S"), carded(overdue, "O")]

    assert [card.id for card in sort_by_pressure(cards)] == ["O", "S"]
    assert [card.group for card in cards] == ["waiting"] * 2
    line = "สำนักงานตำรวจแห่งชาติ: เลยกำหนดตอบ"
    assert [line in drawn("_board.html", cards=[card], **BOARD) for card in cards] == [False, True]
    answered = referral_of(overdue).model_copy(update={"status": "done"})
    assert not carded(overdue.model_copy(update={"referral": answered})).answer_late


def quicker(work: WorkOrder) -> Clocks:
    resolve = work.clocks.resolve
    assert resolve is not None
    assert resolve.due_at is not None
    earlier = resolve.model_copy(update={"due_at": resolve.due_at - timedelta(minutes=30)})
    return work.clocks.model_copy(update={"resolve": earlier})


def test_one_that_has_mail_and_no_clock_is_reminded_by_the_clock_of_all() -> None:
    pea = town().agencies["pea"].model_copy(update={"clock": None})
    there = town().model_copy(update={"agencies": {**town().agencies, "pea": pea}})
    work = referring.refer(there, order("power-cut"), by(OFFICER, MONDAY), agency="pea").state
    minutes = there.agency_clock.remind_minutes
    assert minutes is not None

    assert next_moments(work)["agency remind 1"] == there.calendar.add_minutes(MONDAY, minutes)
    assert next_moments(work)["agency overdue 1"] > next_moments(work)["agency remind 1"]


def test_a_message_that_reached_nobody_gives_the_work_back_and_says_why() -> None:
    for before, state, level in ((order("power-cut"), "acknowledged", "crew"), (order("other"), "new", "triage")):
        sent = referring.refer(town(), before, by(OFFICER, MONDAY), agency="pea").state
        work, told = the(referring.note_told(town(), sent, Acting(None, LATER), end="failed", why="smtp-550"))
        assert isinstance(told, WorkOrderAgencyTold)
        assert (told.status, told.why, told.agency) == ("failed", "smtp-550", "pea")
        assert (work.state, work.level, referral_of(work).why) == (state, level, "smtp-550")
        assert next_moments(work) == {}


def test_a_message_that_reached_it_is_noted_once() -> None:
    work, told = the(referring.note_told(town(), referred(), Acting(None, LATER), end="sent"))
    assert isinstance(told, WorkOrderAgencyTold)
    assert (told.status, work.state, referral_of(work).status) == ("sent", "referred", "sent")
    assert referring.note_told(town(), work, Acting(None, LATER), end="sent") is None


def test_its_number_and_day_are_kept_and_bring_a_new_link() -> None:
    day = (MONDAY + timedelta(days=2)).date()
    work, said = the(
        agency_work.answer(town(), referred(), by(PEA, LATER), agency_reference="W-77", expected_on=day, note="ส่งทีมแล้ว")
    )
    assert isinstance(said, WorkOrderAgencyAnswered)
    assert (said.answer, said.agency_reference, said.note, said.late) == ("answered", "W-77", "ส่งทีมแล้ว", False)
    assert said.expected_at is not None
    assert said.expected_at.astimezone(town().calendar.zone).date() == day
    assert (said.link_number, referral_of(work).link_used) == (2, 1)
    assert next_moments(work) == {"agency overdue 2": said.expected_at}  # from that day on the town waits for its word


def test_whoever_says_that_it_is_there_has_a_new_link_for_what_comes_of_it() -> None:
    work, said = the(agency_work.receive(town(), referred(), by(PEA, LATER)))
    assert isinstance(said, WorkOrderAgencyAnswered)
    assert (said.answer, said.link_number, referral_of(work).link_used) == ("received", 2, 1)


def test_what_it_said_of_its_number_before_is_told_with_each_later_word() -> None:
    known = agency_work.receive(town(), referred(), by(PEA, LATER), agency_reference="W-77").state
    _, said = the(agency_work.answer(town(), known, by(PEA, LATER), note="พรุ่งนี้เช้า"))
    assert isinstance(said, WorkOrderAgencyAnswered)
    assert said.agency_reference == "W-77"


def test_an_answer_says_something_and_names_no_day_that_has_passed() -> None:
    with pytest.raises(Reject, match="agency-says-nothing"):
        agency_work.answer(town(), referred(), by(PEA, LATER))
    for days in (-1, 400):
        with pytest.raises(Reject, match="expected-day"):
            agency_work.answer(town(), referred(), by(PEA, LATER), expected_on=(LATER + timedelta(days=days)).date())


def test_what_it_asks_waits_for_the_town_whose_reply_begins_its_clock_anew() -> None:
    asked = agency_work.ask(town(), referred(), by(PEA, LATER), note="เสาต้นไหน").state
    assert next_moments(asked) == {}
    work, told = the(referring.tell_agency(town(), asked, by(OFFICER, LATER + HOUR), text="ต้นหน้าวัด"))
    assert isinstance(told, WorkOrderAgencyChased)
    assert (told.reason, told.text, told.answer_by) == ("reply", "ต้นหน้าวัด", LATER + 5 * HOUR)
    assert referral_of(work).link == 2
    assert min(next_moments(work).values()) == LATER + 3 * HOUR  # reminded after two hours


def test_work_that_it_declines_is_the_teams_again() -> None:
    work, said = the(agency_work.decline(town(), referred(), by(PEA, LATER), note="สายสื่อสาร"))
    assert isinstance(said, WorkOrderAgencyAnswered)
    assert (said.answer, said.agency, work.state, work.level) == ("declined", "pea", "acknowledged", "crew")
    again = referring.refer(town(), work, by(OFFICER, LATER), agency="pwa")
    assert [event.type.split(".")[2] for event in again.events] == ["referred"]
    assert referral_of(again.state).earlier == ["pea"]
    assert referral_of(again.state).link > referral_of(work).link  # no link of the first ever opens the second


def test_work_that_it_says_is_done_stays_open_until_the_town_closes_it() -> None:
    done = agency_work.report_done(town(), referred(), by(PEA, LATER)).state
    assert (done.state, done.is_open, referral_of(done).status) == ("referred", True, "done")
    assert next_moments(done) == {}
    closed = crew_work.complete(town(), done, by(OFFICER, LATER), note="ไฟมาแล้ว")
    assert closed.state.state == "completed"
    assert [getattr(event, "agency", None) for event in closed.events] == ["pea"]  # it is told that it is over


@pytest.mark.parametrize("how", ["closed", "taken back", "given to a team", "declined"])
def test_an_answer_to_work_that_it_no_longer_has_is_kept_and_moves_nothing(how: str) -> None:
    work = {
        "closed": lambda: crew_work.complete(town(), referred(), by(OFFICER, LATER), note="x").state,
        "taken back": lambda: referring.take_back(town(), referred(), by(OFFICER, LATER)).state,
        "given to a team": lambda: desk_work.assign(town(), referred(), by(OFFICER, LATER), team="works-lights").state,
        "declined": lambda: agency_work.decline(town(), referred(), by(PEA, LATER), note="x").state,
    }[how]()
    after, said = the(agency_work.answer(town(), work, by(PEA, LATER + HOUR), note="ซ่อมแล้วเมื่อเช้า"))
    assert isinstance(said, WorkOrderAgencyAnswered)
    assert (said.late, said.agency, said.note) == (True, "pea", "ซ่อมแล้วเมื่อเช้า")
    assert after.standing == work.standing
    assert (after.history[-1].what, after.history[-1].text) == ("agency_came_late", "ซ่อมแล้วเมื่อเช้า")
    assert next_moments(after) == {}


def test_whoever_of_the_town_gets_the_work_the_agency_is_told_that_it_lost_it() -> None:
    back, told = the(referring.take_back(town(), referred(), by(OFFICER, LATER), reason="ทีมเราซ่อมได้"))
    assert isinstance(told, WorkOrderTakenBack)
    assert (told.agency, told.reason, back.state) == ("pea", "ทีมเราซ่อมได้", "acknowledged")
    given = desk_work.assign(town(), referred(), by(OFFICER, LATER), team="works-lights")
    other = referring.refer(town(), referred(), by(OFFICER, LATER), agency="pwa")
    for step in (given, other):
        assert isinstance(step.events[0], WorkOrderTakenBack)
        assert step.events[0].agency == "pea"
    assert getattr(given.events[1], "agency", None) is None


def test_nobody_hands_it_to_an_agency_that_has_it() -> None:
    with pytest.raises(Reject, match="already-referred"):
        referring.refer(town(), referred(), by(OFFICER, LATER), agency="pea")


def test_an_agency_that_says_nothing_is_reminded_then_overdue_and_in_the_end_left_to_the_phone() -> None:
    work, told = referred(), []
    while due := next_moments(work):
        at = min(due.values())
        work, event = the(chase(town(), work, at))
        assert isinstance(event, WorkOrderAgencyChased)
        told.append((event.reason, at - MONDAY, event.link_number))
    reasons = [reason for reason, _, _ in told]
    assert told[:2] == [("reminder", 2 * HOUR, 2), ("overdue", 4 * HOUR, 3)]
    assert (reasons.count("overdue"), len(told)) == (1, REMINDERS_MOST)
    assert [number for _, _, number in told] == [*range(2, REMINDERS_MOST + 2)]  # each with a new link
    assert work.state == "referred"


def test_an_agency_that_answered_in_time_is_left_in_peace() -> None:
    answered = agency_work.answer(town(), referred(), by(PEA, LATER), note="รับทราบ").state
    assert chase(town(), answered, MONDAY + timedelta(days=9)) is None


def test_a_device_that_was_out_of_reach_does_not_part_a_referral_from_its_notice() -> None:
    away = referring.refer(town(), order("power-cut"), by(OFFICER, LATER, MONDAY), agency="pea").state
    assert referral_of(away).referred_at == LATER  # as `ce_time` says it
    assert referral_of(away).answer_by == LATER + 4 * HOUR  # nobody is late with what they had not heard of


def test_a_crew_may_refer_as_well_and_its_team_watches_it() -> None:
    work = crew_work.acknowledge(town(), order("power-cut"), by(SOMCHAI, MONDAY)).state
    assert referring.refer(town(), work, by(SOMCHAI, LATER), agency="pea").state.team == work.team


@pytest.mark.parametrize(("officers", "left"), [(20, 3975), (3993, 2), (3995, 0), (4000, 0)])
def test_of_a_long_report_an_agency_is_told_as_much_as_there_is_room_for(officers: int, left: int) -> None:
    step = referring.refer(
        town(), order("power-cut", text="ก" * 3990), by(OFFICER, MONDAY), agency="pea", text="ข" * officers
    )
    work, _ = the(step)

    assert work.referral is not None
    told = work.referral.text or ""
    assert (told.count("ข"), len(told) <= referring.TOLD_MOST) == (officers, True)
    assert (told.count("ก"), "…" in told) == (left, left > 0)
