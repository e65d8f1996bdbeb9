"""What was completed is checked by somebody else, or by the resident; or it goes back, and its crew reads why."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.domain import checking, crew_work, desk_work
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.parts import Material
from services.dispatch.domain.work_order import WorkOrder, moments
from shared.events.work_orders import WorkOrderCompleted, WorkOrderSentBack, WorkOrderVerified
from shared.kernel import Reject
from shared.town.work import Verification
from tests.support.dispatch_pages import carded, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town, with_days

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEAM = "works-water"


def on_site(**more: Any) -> WorkOrder:
    return crew_work.start(town(), order(**more), by(SOMCHAI, MONDAY, team=TEAM), stage="on_site").state


def done(work: WorkOrder | None = None, **said: Any) -> WorkOrder:
    proof = {"photos": ["/p/after"], "note": "เปลี่ยนข้อต่อ"} | said
    return crew_work.complete(town(), work or on_site(), by(SOMCHAI, MONDAY + HOUR), **proof).state


def sent_back(work: WorkOrder | None = None, at: timedelta = 2 * HOUR) -> WorkOrder:
    return checking.send_back(town(), work or done(), by(OFFICER, MONDAY + at), reason="ยังไม่ได้คืนผิวถนน").state


def test_urgent_work_is_to_be_checked_and_other_work_is_not() -> None:
    assert done().priority == "high"
    assert done().to_verify
    assert not done(on_site(answers={"flow": "drip"}, text="น้ำซึม")).to_verify


def test_a_category_says_itself_how_urgent_work_must_be_to_be_checked() -> None:
    always = town().categories["water-leak"].model_copy(update={"verify": ("normal", "low", "high", "emergency")})
    never = town().categories["water-leak"].model_copy(update={"verify": ()})
    for category, wanted in ((always, True), (never, False)):
        strict = town().model_copy(update={"categories": {**town().categories, "water-leak": category}})
        step = crew_work.complete(strict, on_site(), by(SOMCHAI, MONDAY), photos=["/p/1"])
        assert isinstance(step.events[-1], WorkOrderCompleted)
        assert step.events[-1].to_verify == step.state.to_verify == wanted


def test_an_answer_checks_itself() -> None:
    asked = order("other", kind="question", text="?")
    answered = crew_work.complete(town(), asked, by(OFFICER, MONDAY), note="เปิด 08.30 น.").state

    assert not answered.to_verify


def test_work_is_checked_by_somebody_who_did_not_do_it() -> None:
    step = checking.verify(town(), done(), by(OFFICER, MONDAY + DAY), note="ดูหน้างานแล้ว")

    assert (step.state.state, step.state.to_verify, step.state.closed_at) == ("verified", False, MONDAY + HOUR)
    assert isinstance(step.events[-1], WorkOrderVerified)
    assert step.events[-1].by == "staff"
    with pytest.raises(Reject, match="own-work") as caught:
        checking.verify(town(), done(), by(SOMCHAI, MONDAY + DAY))
    assert caught.value.status == 403


def test_what_was_checked_is_checked_no_second_time() -> None:
    verified = checking.verify(town(), done(), by(OFFICER, MONDAY + DAY)).state

    with pytest.raises(Reject, match="stale-action"):
        checking.verify(town(), verified, by(OFFICER, MONDAY + DAY))
    with pytest.raises(Reject, match="stale-action"):
        checking.send_back(town(), verified, by(OFFICER, MONDAY + DAY), reason="x")


def test_a_satisfied_resident_checks_it_as_far_as_the_town_says_so() -> None:
    strict = town().model_copy(update={"verification": Verification(stars=None)})

    step = checking.confirm(town(), done(), 4, MONDAY + DAY)
    assert step is not None
    assert step.state.state == "verified"
    assert isinstance(step.events[-1], WorkOrderVerified)
    assert step.events[-1].by == "reporter"
    assert checking.confirm(town(), done(), 2, MONDAY + DAY) is None
    assert checking.confirm(strict, done(), 5, MONDAY + DAY) is None
    assert checking.confirm(town(), on_site(), 5, MONDAY + DAY) is None
    assert checking.confirm(town(), step.state, 5, MONDAY + DAY) is None


def test_what_is_sent_back_is_its_team_s_again_and_says_why() -> None:
    before = done(materials=[Material(name="ท่อ", quantity=2, unit="เมตร")], minutes=90)
    step = checking.send_back(town(), before, by(OFFICER, MONDAY + 2 * HOUR), reason="ยังไม่ได้คืนผิวถนน")
    work, event = step.state, step.events[-1]

    assert (work.state, work.team, work.closed_at, work.outcome) == ("assigned", TEAM, None, None)
    assert work.person is not None
    assert work.person.sub == SOMCHAI.sub
    assert work.rework is not None
    assert (work.rework.reason, work.rework.times, work.rework.done) == ("ยังไม่ได้คืนผิวถนน", 1, before.completion)
    assert isinstance(event, WorkOrderSentBack)
    assert (event.reason, event.due_at) == ("ยังไม่ได้คืนผิวถนน", before.due_at)
    page = drawn("_card_alone.html", card=carded(work))
    assert "ยังไม่ได้คืนผิวถนน" in page


def test_how_often_it_was_sent_back_is_counted() -> None:
    again = done(crew_work.start(town(), sent_back(), by(SOMCHAI, MONDAY + 3 * HOUR)).state)
    twice = sent_back(again, 5 * HOUR).rework

    assert twice is not None
    assert twice.times == 2


def test_the_promise_runs_on_as_if_it_had_never_stopped() -> None:
    work = sent_back()
    assert work.clocks.resolve is not None
    assert work.clocks.acknowledge is not None

    assert work.due_at == order().due_at
    assert work.clocks.resolve.stopped_at is None
    assert work.clocks.acknowledge.started_at == MONDAY + 2 * HOUR
    assert {moment.name.split()[0] for moment in moments(work)} == {"acknowledge", "resolve"}


def test_what_is_sent_back_when_it_is_due_already_is_told_at_once() -> None:
    before = done()
    assert before.due_at is not None
    late = checking.send_back(town(), before, by(OFFICER, before.due_at + HOUR), reason="x").state
    step = elapse(town(), late, before.due_at + HOUR)

    assert step is not None
    assert {event.data()["percent"] for event in step.events} >= {100}


def test_what_is_closed_for_good_is_not_sent_back() -> None:
    days = town().categories["water-leak"].reopen_days

    assert sent_back(at=days * DAY).state == "assigned"
    with pytest.raises(Reject, match="too-late-to-send-back"):
        sent_back(at=days * DAY + 2 * HOUR)
    later = with_days(town(), "water-leak", days + 7)  # intake has closed the report by the day that it promised
    with pytest.raises(Reject, match="too-late-to-send-back"):
        checking.send_back(later, done(), by(OFFICER, MONDAY + days * DAY + 2 * HOUR), reason="x")


def test_work_that_a_resident_has_opened_again_is_no_longer_checked() -> None:
    step = checking.note_reopened(town(), done(), MONDAY + DAY)
    assert step is not None

    assert not step.state.to_verify
    assert "verify" not in list_offered(step.state)
    assert "send_back" not in list_offered(step.state)
    with pytest.raises(Reject, match="stale-action"):
        sent_back(step.state, DAY)
    assert checking.note_reopened(town(), step.state, MONDAY + DAY) is None


def test_photos_of_before_and_after_are_told_apart() -> None:
    step = crew_work.complete(town(), on_site(), by(SOMCHAI, MONDAY), before=["/p/before"], photos=["/p/after"])

    assert isinstance(step.events[-1], WorkOrderCompleted)
    assert (step.events[-1].before, step.events[-1].photos) == (["/p/before"], ["/p/after"])
    page = drawn(
        "order.html", path="/desk/x", card=carded(step.state), answer=None, earlier=[], rules=[], others=[],
        changed_rules=False, elsewhere=None, reply_key="a-key",
    )  # fmt: skip
    assert page.index("รูปก่อนทำงาน 1") < page.index("รูปงานที่เสร็จ 1")


def test_a_photo_of_before_is_no_proof_of_what_was_done() -> None:
    with pytest.raises(Reject, match="proof-photo"):
        crew_work.complete(town(), on_site(), by(SOMCHAI, MONDAY), before=["/p/before"], note="แก้แล้ว")


def test_what_was_used_and_how_long_it_took_is_kept_and_told() -> None:
    used = [Material(name="ท่อ PVC 4 นิ้ว", quantity=2.5, unit="เมตร")]
    step = crew_work.complete(town(), on_site(), by(SOMCHAI, MONDAY), photos=["/p/1"], materials=used, minutes=90)
    event = step.events[-1]

    assert isinstance(event, WorkOrderCompleted)
    assert [piece.model_dump() for piece in event.materials] == [used[0].model_dump()]
    assert event.minutes == 90


def test_cancelled_work_is_not_checked() -> None:
    cancelled = desk_work.cancel(town(), order(), by(OFFICER, MONDAY), outcome="cannot_be_done", reason="x").state

    assert list_offered(cancelled) == ()
