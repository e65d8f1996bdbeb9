"""Triage asks a reporter what it must know: the work waits for the answer with both clocks standing still."""

from datetime import datetime, timedelta
from typing import Literal

import pytest

from services.dispatch.domain import desk_work, from_report, pausing, referring
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.clocks import Clock
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.incident_work import end_with, go_on, stand_aside, stand_aside_again
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import Card
from services.dispatch.routing_facts import facts_of_order
from shared.events.reports import ReportCommented
from shared.events.work_orders import WorkOrderPaused, WorkOrderResumed
from shared.kernel import Reject, Step
from tests.support.dispatch_in_memory import CASE
from tests.support.dispatch_pages import carded, drawn
from tests.support.incidents import done
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, submitted, town, wake_at

HOUR = timedelta(hours=1)
ASKED = MONDAY + HOUR
QUESTION = "ท่อแตกหน้าบ้านเลขที่เท่าใด"


def in_triage(**more: object) -> WorkOrder:
    order = begun(submitted("other", **more)).state
    assert order.state == "new"
    return order


def asked(order: WorkOrder | None = None) -> Step[WorkOrder]:
    return pausing.pause(
        town(), order or in_triage(), by(OFFICER, ASKED), reason="reporter", resume_in="3d", note=QUESTION
    )


def said(
    by_whom: Literal["reporter", "follower", "public", "staff"], order: WorkOrder, at: datetime
) -> Step[WorkOrder]:
    event = ReportCommented(reference=order.reference, category=order.category, by=by_whom, text="เลขที่ 12")
    return from_report.add_comment(town(), order, event, at)


def clock(of: Clock | None) -> Clock:
    assert of is not None
    return of


def test_it_waits_with_a_planned_end_and_its_reporter_is_told_what_the_town_asks() -> None:
    step = asked()
    (event,) = step.events

    assert isinstance(event, WorkOrderPaused)
    assert (event.reason, event.note, event.team) == ("reporter", QUESTION, None)
    assert (step.state.state, step.state.team, step.state.waits_in_triage) == ("paused", town().triage, True)
    assert wake_at(step.state) == event.resume_at == town().calendar.find_opening_after(ASKED, 3)


def test_both_clocks_stand_still_and_move_by_what_it_waited() -> None:
    """An officer who asked back left both running, and the work escalated as nobody's."""
    before, waits = in_triage(), asked().state
    assert (clock(waits.clocks.acknowledge).alarm, clock(waits.clocks.resolve).alarm) == (None, None)
    assert elapse(town(), waits, ASKED + 2 * HOUR) is None
    goes_on = said("reporter", waits, ASKED + 2 * HOUR).state

    for name in ("acknowledge", "resolve"):
        was, now = clock(getattr(before.clocks, name)), clock(getattr(goes_on.clocks, name))
        assert now.due_at == town().calendar.after_pause(was.due_at, ASKED, ASKED + 2 * HOUR)
        assert now.due_at > was.due_at
        assert now.alarm is not None
        assert now.stopped_at is None


def test_the_reporter_s_answer_brings_it_back_and_nobody_else_s_word_does() -> None:
    waits = asked().state
    for other in ("follower", "public", "staff"):
        assert said(other, waits, ASKED + HOUR).state.waits_in_triage
    step = said("reporter", waits, ASKED + HOUR)

    assert step.state.state == "new"
    assert [type(event) for event in step.events] == [WorkOrderResumed]
    assert [line.what for line in step.state.history[-2:]] == ["commented", "resumed"]


def test_what_was_written_before_the_question_is_no_answer_to_it() -> None:
    assert said("reporter", asked().state, ASKED - HOUR).state.waits_in_triage


@pytest.mark.parametrize("over", [False, True])
def test_an_answer_that_comes_while_an_incident_does_the_work_is_found_when_that_is_left(over: bool) -> None:
    """The work waited on, up to a week, for what was there."""
    order = done(stand_aside(asked().state, CASE, ASKED + HOUR)).state
    if over:  # and is taken back afterwards
        order = done(end_with(order, CASE, "fixed", ASKED + HOUR)).state
    step = said("reporter", order, ASKED + 2 * HOUR)
    order = step.state
    assert step.events == ()  # its report hears of the incident alone
    if over:
        order = done(stand_aside_again(town(), order, CASE, ASKED + 3 * HOUR)).state
    back = done(go_on(town(), order, facts_of_order(town(), order), ASKED + 4 * HOUR)).state

    assert (back.state, back.waiting, back.team) == ("new", None, town().triage)
    assert back.clocks == said("reporter", asked().state, ASKED + 2 * HOUR).state.clocks


def test_without_an_answer_it_is_back_when_that_was_planned() -> None:
    waits = asked().state
    due = wake_at(waits)
    assert due is not None
    step = elapse(town(), waits, due)

    assert step is not None
    assert (step.state.state, step.state.waiting) == ("new", None)


def test_an_officer_may_wait_no_longer_or_decide_at_once() -> None:
    waits = asked().state
    assert pausing.resume(town(), waits, by(OFFICER, ASKED + HOUR)).state.state == "new"
    given = desk_work.assign(town(), waits, by(OFFICER, ASKED + HOUR), team="works-water").state
    assert (given.state, given.waiting) == ("assigned", None)
    sent = referring.refer(town(), waits, by(OFFICER, ASKED + HOUR), agency="pwa", text="ท่อเมน").state
    assert (sent.state, sent.waiting) == ("referred", None)


def test_nobody_completes_or_takes_what_no_team_has() -> None:
    problem, question = asked().state, asked(in_triage(kind="question")).state

    assert set(list_offered(problem)) == {
        "resume",
        "assign",
        "refer",
        "split",
        "prioritise",
        "cancel",
    }  # as of what is new
    assert "complete" in list_offered(question)
    assert "verify" not in list_offered(question)


@pytest.mark.parametrize(("reason", "note"), [("part", QUESTION), ("reporter", None), ("weather", None)])
def test_triage_waits_for_nothing_but_an_answer_to_a_question(reason: Literal["part"], note: str | None) -> None:
    with pytest.raises(Reject, match="triage-asks"):
        pausing.pause(town(), in_triage(), by(OFFICER, ASKED), reason=reason, note=note)


def test_a_crew_s_own_wait_for_the_reporter_is_the_crew_s_to_end() -> None:
    given = desk_work.assign(town(), in_triage(), by(OFFICER, ASKED), team="works-water").state
    taken = given.model_copy(update={"state": "on_site"})
    waits = pausing.pause(town(), taken, by(SOMCHAI, ASKED), reason="reporter").state

    assert said("reporter", waits, ASKED + HOUR).state.state == "paused"


def test_it_may_be_asked_again() -> None:
    twice = asked(said("reporter", asked().state, ASKED).state)

    assert twice.state.waits_in_triage
    assert len(twice.state.pauses) == 2


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_desk_asks_from_its_queue_and_from_the_page_of_the_work(language: str) -> None:
    card = carded(in_triage())
    html = form_of(card, "pause", language)

    assert 'name="reason" value="reporter"' in html
    assert 'name="note"' in html
    assert card.forms_at("desk").count("pause") == 1
    waits = carded(asked().state)
    assert "resume" in waits.forms_at("desk")
    assert "pause" not in waits.forms_at("desk")
    assert '/resume"' in form_of(waits, "resume", language)


def test_a_question_that_waits_is_still_answered_in_words_alone() -> None:
    card = carded(asked(in_triage(kind="question")).state)

    assert "ตอบและปิดเรื่อง" in page_of(card, "th")
    assert 'name="photo"' not in page_of(card, "th")


def test_what_a_team_has_the_desk_neither_pauses_nor_resumes_by_a_form() -> None:
    given = desk_work.assign(town(), in_triage(), by(OFFICER, ASKED), team="works-water").state
    taken = carded(given.model_copy(update={"state": "acknowledged"}))

    assert {"pause", "resume"}.isdisjoint(taken.forms_at("desk"))
    assert "pause" in taken.forms_at("crew")


def page_of(card: Card, language: str) -> str:
    """The page of the work."""
    return drawn(
        "order.html", path="/desk/x", language=language, card=card, answer=None, earlier=(), rules=[], others=[],
        changed_rules=False, elsewhere=None, said=None, place=None, reply_key="a-key",
    )  # fmt: skip


def form_of(card: Card, act: str, language: str) -> str:
    """As that page has it."""
    return page_of(card, language).partition(f'data-act="{act}"')[2].partition("</details>")[0]
