"""What happens to work because something happened to its report."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.domain import crew_work, from_report, pausing
from services.dispatch.domain.history import Actor
from services.dispatch.domain.work_order import BESIDE, WorkOrder, order_id
from services.dispatch.routing_facts import facts_of_order
from shared.events.ids import new_id
from shared.events.reports import ReportAmended, ReportCommented, ReportFollowed
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Step
from tests.support.dispatch_pages import carded, drawn
from tests.support.work import MARKET, MONDAY, SOMCHAI, begun, by, order, promised_times, reopened, submitted, town

HOUR = timedelta(hours=1)
REFERENCE = "MH-7F3K-9QX2"


def amend(work: WorkOrder, category: str, *, sequence: int = 2, **more: Any) -> Step[WorkOrder] | None:
    event = ReportAmended(reference=REFERENCE, category=category, previous_category=work.category, **more)
    facts = facts_of_order(town(), from_report.correct(work, event))
    return from_report.amend(town(), work, event, facts, sequence, MONDAY + HOUR)


def follow(work: WorkOrder, followers: int, sequence: int = 2) -> Step[WorkOrder] | None:
    event = ReportFollowed(reference=REFERENCE, category=work.category, followers=followers)
    return from_report.count_followers(work, event, sequence, MONDAY)


def comment(work: WorkOrder, text: str = "น้ำเข้าบ้านแล้ว") -> Step[WorkOrder]:
    event = ReportCommented(reference=REFERENCE, category=work.category, by="reporter", text=text)
    return from_report.add_comment(town(), work, event, MONDAY + HOUR)


def told(step: Step[WorkOrder] | None) -> list[WorkOrderEvent]:
    assert step is not None
    return [event for event in step.events if isinstance(event, WorkOrderEvent)]


def state(step: Step[WorkOrder] | None) -> WorkOrder:
    assert step is not None
    return step.state


def test_a_correction_brings_the_address_the_answers_and_where_the_town_ends() -> None:
    place = MARKET.model_copy(update={"address": "หน้าวัด"})
    work = state(amend(order(), order().category, location=place, outside_town=True, answers={"address": "หน้าวัด"}))

    assert work.place is not None
    assert (work.place.address, work.outside_town, work.answers) == ("หน้าวัด", True, {"address": "หน้าวัด"})


def test_a_correction_that_says_nothing_of_the_answers_leaves_them() -> None:
    before = order().model_copy(update={"answers": {"danger": "yes"}})

    assert state(amend(before, before.category)).answers == {"danger": "yes"}


def test_photos_of_a_comment_are_the_reports_next_ones() -> None:
    """A crew that asked for a picture never saw it."""
    event = ReportCommented(reference=REFERENCE, category=order().category, by="reporter", text="รูปใหม่", photos=2)
    work = from_report.add_comment(town(), order(photos=3), event, MONDAY + HOUR).state

    assert (work.photos, work.comments[-1].first_photo, work.comments[-1].photos) == (5, 4, 2)
    html = drawn("comments.html", card=carded(work), comments=work.comments, for_desk=False)
    assert [n for n in range(1, 7) if f"/photos/{n}?size=thumbnail" in html] == [4, 5]


def test_a_comment_reaches_the_crew_and_moves_no_clock() -> None:
    before = order()
    step = comment(before)

    assert [each.text for each in step.state.comments] == ["น้ำเข้าบ้านแล้ว"]
    assert step.state.clocks == before.clocks
    assert not step.events


def test_comments_are_counted_and_none_is_lost_here() -> None:
    work = order()
    for number in range(2 * BESIDE["comments"] + 5):
        work = comment(work, f"{number}").state

    assert work.comment_count == len(work.comments) == 2 * BESIDE["comments"] + 5


def test_another_category_goes_to_its_team_with_its_promise_and_says_so() -> None:
    before = order()
    step = amend(before, "road-damage")
    work, (event,) = state(step), told(step)

    assert (work.team, work.category, work.state) == ("works-roads", "road-damage", "assigned")
    assert work.due_at == promised_times(town(), work.clocks.service_level, work.priority, MONDAY)[1]
    assert (event.type, event.team) == ("onestop.work-order.assigned.v1", "works-roads")
    assert event.data()["previous_team"] == "works-water"
    assert event.data()["due_at"]
    assert "water-leak" in event.data()["reason"]


def test_another_category_of_the_same_team_leaves_the_crew_at_work() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state
    step = amend(taken, "drain-flood", text="ท่อระบายน้ำตัน")

    assert (state(step).team, state(step).state) == ("works-water", "acknowledged")
    (event,) = told(step)
    assert event.type == "onestop.work-order.assigned.v1"
    assert event.data()["previous_team"] == event.team  # it keeps the work as it stands
    assert state(step).clocks.acknowledge is not None
    assert state(step).clocks.acknowledge.stopped_at == MONDAY + HOUR  # type: ignore[union-attr]  # just asserted


def test_time_waited_before_the_category_changed_still_counts() -> None:
    on_site = crew_work.start(town(), order(), by(SOMCHAI, MONDAY), stage="on_site").state
    waits = pausing.pause(town(), on_site, by(SOMCHAI, MONDAY + HOUR), reason="part", resume_at=MONDAY + 9 * HOUR).state
    goes = pausing.resume(town(), waits, by(SOMCHAI, MONDAY + 2 * HOUR)).state
    plain, moved = state(amend(on_site, "road-damage")), state(amend(goes, "road-damage"))

    assert plain.due_at is not None
    assert moved.due_at is not None
    assert town().calendar.between(plain.due_at, moved.due_at) == HOUR


def test_a_corrected_text_or_place_moves_no_clock_and_nobody() -> None:
    before = order()
    step = amend(before, "water-leak", text="ท่อแตกหน้าวัด", location=MARKET.model_copy(update={"latitude": 18.75}))

    assert state(step).text == "ท่อแตกหน้าวัด"
    assert state(step).place is not None
    assert state(step).clocks == before.clocks
    assert not told(step)


def test_a_correction_older_than_the_last_leaves_a_line_and_changes_nothing() -> None:
    work = state(amend(order(), "road-damage", sequence=5, text="ถนนทรุด"))
    step = amend(work, "noise", sequence=3, text="เสียงดัง")
    after = state(step)

    assert after.history[-1].what == "amended_late"
    assert after.history[-1].facts == {"category": "noise", "by": "reporter"}
    assert not told(step)
    assert after.model_dump(exclude={"history", "line_count", "changed_at"}) == work.model_dump(
        exclude={"history", "line_count", "changed_at"}
    )


def test_an_older_count_of_followers_changes_nothing() -> None:
    work = state(follow(order(), 9, sequence=5))

    assert follow(work, 1, sequence=3) is None
    assert state(follow(work, 8, sequence=6)).followers == 8


def test_work_stored_before_corrections_were_counted_takes_the_next_one() -> None:
    stored = order().model_dump()
    del stored["report"]["amended"], stored["report"]["followed"]

    assert state(amend(WorkOrder.model_validate(stored), "noise")).category == "noise"


def test_a_duplicate_is_called_off_and_says_so() -> None:
    step = begun(report_id="01KB57W4K0ZQ3T8V6M2N9PX7HC")
    gone = from_report.drop_duplicate(town(), step.state, "MH-AAAA-BBBB", MONDAY + HOUR)

    assert state(gone).state == "cancelled"
    (cancelled,) = [event.data() for event in told(gone)]
    assert (cancelled["outcome"], cancelled["merged"], cancelled["replaced"]) == ("duplicate", True, False)


def test_which_report_it_was_merged_into_is_for_the_history_alone_as_that_one_may_be_hidden_later() -> None:
    gone = from_report.drop_duplicate(town(), order(), "MH-AAAA-BBBB", MONDAY + HOUR)

    assert state(gone).history[-1].text == "MH-AAAA-BBBB"
    assert [(event.data()["reason"], event.data()["public_reason"]) for event in told(gone)] == [(None, None)]


def withdraw(work: WorkOrder) -> Step[WorkOrder] | None:
    return from_report.withdraw(town(), work, "หายแล้ว", MONDAY + HOUR)


def test_withdrawn_work_is_called_off() -> None:
    assert [event.data()["outcome"] for event in told(withdraw(order()))] == ["withdrawn"]


def test_withdrawn_work_that_others_follow_goes_on() -> None:
    step = withdraw(state(follow(order(), 3)))

    assert (state(step).state, state(step).report.state) == ("assigned", "withdrawn")
    assert not told(step)


def test_closed_work_is_closed_whatever_its_report_says() -> None:
    closed = state(withdraw(order()))

    assert withdraw(closed) is None
    assert not told(amend(closed, "noise"))
    assert state(amend(closed, "noise")).state == closed.state


def test_a_reopened_report_is_new_work_that_knows_the_old() -> None:
    before = comment(order("noise", answers={"when": "night"}, channel="line")).state
    at = MONDAY + 100 * HOUR
    step = reopened(before, at, text="ยังดังอยู่", reason="ไม่หาย")

    assert (step.state.reopened, step.state.answers, step.state.channel) == (1, {"when": "night"}, "line")
    assert [each.text for each in step.state.comments] == ["น้ำเข้าบ้านแล้ว"]
    assert step.state.created_at == at
    assert [(each.type, each.data()["again"]) for each in told(step)] == [("onestop.work-order.created.v1", True)]
    assert [each.data()["again"] for each in told(begun())] == [False]


def test_work_has_an_id_of_its_own_for_each_time_a_report_is_opened() -> None:
    report = new_id()

    assert order_id(report) == order_id(report, 0)
    assert len({order_id(report, times) for times in range(4)} | {report}) == 5


def test_the_clock_begins_when_the_report_was_accepted_however_long_it_travelled() -> None:
    assert (
        begun(submitted(submitted_at=MONDAY - 5 * HOUR)).state.due_at
        == (promised_times(town(), "utilities", "high", MONDAY - 5 * HOUR)[1])
    )


def types(step: Step[WorkOrder] | None) -> list[str]:
    assert step is not None
    return [event.type.removeprefix("onestop.work-order.").removesuffix(".v1") for event in step.events]


def test_a_category_that_is_not_shown_makes_readers_delete_what_they_have() -> None:
    moved = amend(order(), "welfare")
    assert types(moved) == ["assigned", "hidden"]
    assert types(amend(state(moved), "water-leak", sequence=3)) == ["assigned"]
    assert types(amend(order(), "noise")) == ["assigned"]


def test_closed_work_is_corrected_and_hidden_but_goes_nowhere() -> None:
    closed = state(withdraw(order()))
    moved = amend(closed, "welfare", text="ขอความช่วยเหลือ")

    assert types(moved) == ["hidden"]
    assert (state(moved).category, state(moved).text) == ("welfare", "ขอความช่วยเหลือ")
    assert (state(moved).team, state(moved).state) == (closed.team, "cancelled")


def test_a_rating_is_kept_with_what_was_done_and_the_last_word_counts() -> None:
    work = state(from_report.rate(order(), 2, 5, MONDAY))
    assert (work.stars, work.history[-1].what, work.history[-1].facts["stars"]) == (2, "rated", "2")

    again = state(from_report.rate(work, 4, 6, MONDAY + HOUR))
    assert again.stars == 4
    assert from_report.rate(again, 1, 5, MONDAY + HOUR) is None


@pytest.mark.parametrize(("name", "shown"), [("นภา รับเรื่อง", "นภา รับเรื่อง"), (None, "napa")])
def test_the_history_names_the_officer_who_corrected_the_place_or_wrote_a_comment(name: str | None, shown: str) -> None:
    """An older intake tells the subject of the sign-in alone."""
    by_staff: dict[str, Any] = {"actor": "napa", "actor_name": name}
    work = state(amend(order(), order().category, location=MARKET, **by_staff))
    said = ReportCommented(reference=REFERENCE, category=work.category, by="staff", text="ดูแล้ว", **by_staff)
    work = state(from_report.add_comment(town(), work, said, MONDAY + HOUR))
    page = drawn("history.html", card=carded(work), lines=work.history, for_desk=True)

    assert [line.actor.sub for line in work.history[-2:] if line.actor] == ["napa", "napa"]
    assert page.count(shown) == 2


def test_the_history_names_the_officer_who_merged_a_report_and_nobody_of_the_residents() -> None:
    merged = state(from_report.drop_duplicate(town(), order(), "MH-AAAA-BBBB", MONDAY, Actor(sub="napa", name="นภา")))
    corrected = state(amend(order(), order().category, text="ท่อแตกสองจุด"))

    assert (merged.history[-1].what, merged.history[-1].actor) == ("cancelled", Actor(sub="napa", name="นภา"))
    assert corrected.history[-1].actor is None
