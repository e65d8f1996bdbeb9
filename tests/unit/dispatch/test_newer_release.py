"""Orders that a newer release wrote, with values that this one does not know: shown, and acted on or refused, never a
fault."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.api.views import describe, summarise
from services.dispatch.commands import DECISIONS, decide
from services.dispatch.domain import crew_work, from_report, pausing, referring
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.routing import explain
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder, moments
from services.dispatch.pages.bulk import BULK_ACTS
from services.dispatch.pages.cards import sort_by_pressure
from services.dispatch.pages.chosen import Wanted
from services.dispatch.routing_facts import facts_of_order
from shared.events.ids import new_id
from shared.events.reports import ReportAmended, ReportCommented, ReportReopened
from shared.kernel import Case, Reject
from tests.support.dispatch_pages import BOARD, carded, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, reopened, town

HOUR = timedelta(hours=1)
NEW = "of-a-newer-release"
Make = Callable[[WorkOrder], WorkOrder]


def stored(work: WorkOrder, **changes: Any) -> WorkOrder:
    """As it comes from the database; `a__b` is the field b of the piece a."""
    document: Any = work.model_dump()
    for path, value in changes.items():
        *way, last = path.split("__")
        piece = document
        for name in way:
            piece = piece[int(name)] if name.isdigit() else piece[name]
        piece[last] = value
    return WorkOrder.model_validate(document)


def taken() -> WorkOrder:
    return crew_work.acknowledge(town(), order(answers={"flow": "burst"}), by(SOMCHAI, MONDAY)).state


def paused() -> WorkOrder:
    return pausing.pause(town(), taken(), by(SOMCHAI, MONDAY), reason="part", note="x").state


def done() -> WorkOrder:
    return crew_work.complete(town(), taken(), by(SOMCHAI, MONDAY), outcome="cannot_be_done", note="x").state


NEWER: dict[str, WorkOrder] = {
    "state": stored(taken(), state=NEW),
    "level": stored(taken(), level=NEW),
    "kind": stored(taken(), kind=NEW),
    "channel": stored(taken(), channel=NEW),
    "priority": stored(taken(), clocks__priority=NEW),
    "service level": stored(taken(), clocks__service_level=NEW),
    "level of an alarm": stored(taken(), clocks__resolve__alarm__level=NEW),
    "reason of a pause": stored(paused(), waiting__reason=NEW),
    "state after a pause": stored(paused(), waiting__goes_on=NEW),
    "state of the report": stored(taken(), report__state=NEW),
    "referral": stored(referring.refer(town(), taken(), by(OFFICER, MONDAY), agency="pwa").state, referral__status=NEW),
    "outcome": stored(done(), outcome=NEW),
    "line of the history": stored(taken(), history__0__what=NEW),
    "facts of a line": stored(paused(), history__2__facts={"reason": NEW}),
    "facts that are gone": stored(paused(), history__2__facts={}),
    "stage": stored(taken(), history__1__facts={"stage": NEW}),
}
each = pytest.mark.parametrize("work", NEWER.values(), ids=[*NEWER])


@each
@pytest.mark.parametrize("language", ["th", "en"])
def test_it_is_shown(work: WorkOrder, language: str) -> None:
    card = carded(work)
    drawn("_board.html", language=language, cards=sort_by_pressure([card, carded(order())]), **BOARD)
    drawn(
        "order.html", path="/desk/x", language=language, card=card, answer=None, earlier=[card], others=[],
        rules=explain(town(), facts_of_order(town(), work)), changed_rules=True, elsewhere=None, reply_key="a-key",
    )  # fmt: skip
    drawn("history.html", path="/desk/x/history", language=language, card=card, lines=work.history)
    desk: dict[str, Any] = {"triage_count": 1, "open_count": 1, "late_count": 0, "next": None, "chosen_state": NEW}
    empty: dict[str, Any] = {
        "wanted": Wanted(),
        "saved": [],
        "said": None,
        "bulk_key": "a-key",
        "bulk_acts": BULK_ACTS,
        "place": None,
    }
    shown = drawn("desk.html", path="/desk", language=language, triage=[card], rows=[card], **desk, **empty)

    assert work.reference in shown


def test_an_unknown_state_is_shown_by_its_code() -> None:
    assert NEW in drawn("_board.html", cards=[carded(NEWER["state"])], **BOARD)


@each
def test_it_is_told_to_programs(work: WorkOrder) -> None:
    case = Case(new_id(), 3, work)

    assert summarise(case).model_dump(mode="json")["state"] == work.state
    assert describe(case).model_dump(mode="json")["history"]


@each
@pytest.mark.parametrize("act", DECISIONS)
def test_acts_are_done_or_refused(work: WorkOrder, act: ActName) -> None:
    said: dict[str, Any] = {
        "pause": {"reason": "part"}, "complete": {"outcome": "cannot_be_done", "note": "x"}, "refuse": {"reason": "x"},
        "refer": {"agency": "pwa"}, "assign": {"team": "works-roads"},
        "cancel": {"outcome": "duplicate", "reason": "x"}, "tell_agency": {"text": "x"}, "agency_answer": {"note": "x"},
        "agency_ask": {"note": "x"}, "agency_decline": {"note": "x"}, "prioritise": {"priority": "emergency"},
        "split": {"shares": [{"team": "works-roads", "task": "x"}, {"team": "works-water", "task": "y"}]},
        "send_back": {"reason": "x"}, "adopt": {"step": "x"}, "put_aside": {"step": "x"},
        "give": {"person": "crew-water-2"},
    }  # fmt: skip
    body = DECISIONS[act].body.model_validate(said.get(act, {}))
    acting = by(OFFICER, MONDAY + HOUR, team=work.team)
    colleague = Member("crew-water-2", "คำปัน", work.team)
    if act in list_offered(work):
        assert decide(town(), work, act, acting, body, colleague).events
    else:
        with pytest.raises(Reject):
            decide(town(), work, act, acting, body, colleague)


@each
def test_time_and_its_report_go_on_with_it(work: WorkOrder) -> None:
    for _ in range(30):
        if not (due := moments(work)):
            break
        step = elapse(town(), work, max(moment.at for moment in due))
        assert step is not None
        work = step.state
    amended = ReportAmended(reference=work.reference, category="road-damage", text="x")
    facts = facts_of_order(town(), from_report.correct(work, amended))
    work = from_report.amend(town(), work, amended, facts, 5, MONDAY).state
    said = ReportCommented(reference=work.reference, category=work.category, by="public", text="x")
    work = from_report.add_comment(town(), work, said, MONDAY).state
    again = ReportReopened(reference=work.reference, category=work.category, text="x", times=1)

    assert from_report.gather_facts_again(town(), again, work, MONDAY).category == work.category
    assert reopened(work, MONDAY).state.reopened == 1
    from_report.withdraw(town(), work, "x", MONDAY)
    from_report.drop_duplicate(town(), work, "MH-AAAA-BBBB", MONDAY)
