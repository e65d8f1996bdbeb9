"""A report that was merged by mistake gets work of its own again, by today's rules."""

from datetime import timedelta

from services.dispatch.domain import from_report
from services.dispatch.domain.parts import AboutReport
from services.dispatch.domain.separated import begin_apart
from services.dispatch.domain.work_order import order_id
from services.dispatch.pages.history import _find_speaker
from services.dispatch.routing_facts import facts_of_order, facts_of_report
from shared.events.ids import new_id
from shared.events.reports import ReportAmended, ReportCommented, ReportSeparated
from shared.events.work_orders import WorkOrderCreated
from tests.support.work import MARKET, MONDAY, order, town

LATER = MONDAY + timedelta(hours=5)


def separated(**more: object) -> ReportSeparated:
    said = {
        "reference": "MH-7F3K-9QX2", "category": "water-leak", "times": 1, "from_report": new_id(),
        "from_reference": "MH-AAAA-BBBB", "kind": "problem", "channel": "web", "text": "ท่อแตกอีกซอย",
        "location": MARKET, "answers": {"flow": "burst"}, "photos": 2, "followers": 3,
    }  # fmt: skip
    return ReportSeparated.model_validate({**said, **more})


def test_it_begins_anew_with_its_own_team_and_clocks_that_run_from_then() -> None:
    before = from_report.drop_duplicate(town(), order(), "MH-AAAA-BBBB", MONDAY + timedelta(hours=1))
    assert before is not None
    event = separated()
    facts = facts_of_report(town(), event, LATER)
    step = begin_apart(town(), event, AboutReport(id=new_id(), since=7), before.state, facts, LATER)
    work, (said,) = step.state, step.events
    assert isinstance(said, WorkOrderCreated)
    assert (work.state, work.team, work.created_at) == ("assigned", before.state.team, LATER)
    assert work.due_at is not None
    assert work.due_at > LATER
    assert (work.text, work.photos, work.followers, work.answers) == ("ท่อแตกอีกซอย", 2, 3, {"flow": "burst"})
    assert not said.again, "nothing was done before"


def test_what_was_said_meanwhile_goes_with_it() -> None:
    said = ReportCommented(reference="MH-7F3K-9QX2", category="water-leak", by="reporter", text="ยังรออยู่")
    before = from_report.add_comment(town(), order(), said, MONDAY).state
    event = separated()
    facts = facts_of_report(town(), event, LATER)
    work = begin_apart(town(), event, AboutReport(id=new_id()), before, facts, LATER).state
    assert [comment.text for comment in work.comments] == ["ยังรออยู่"]


def test_each_time_it_is_work_of_another_id() -> None:
    report = new_id()
    ids = [order_id(report), order_id(report, 1), *(order_id(report, times_separated=times) for times in (1, 2))]
    assert len(set(ids)) == 4


def test_the_history_names_the_side_that_did_it_and_not_the_system() -> None:
    """An officer corrects and merges at intake; a resident comments and takes back."""
    said = ReportAmended(reference="MH-7F3K-9QX2", category="water-leak", actor="napa", text="ท่อแตกหน้าตลาดสด")
    facts = facts_of_order(town(), order())
    amended = from_report.amend(town(), order(), said, facts, 2, MONDAY).state
    merged = from_report.drop_duplicate(town(), order(), "MH-AAAA-BBBB", MONDAY)
    taken_back = from_report.withdraw(town(), order(), None, MONDAY)
    spoke = ReportCommented(reference="MH-7F3K-9QX2", category="water-leak", by="reporter", text="ยังรออยู่")
    commented = from_report.add_comment(town(), order(), spoke, MONDAY).state
    assert merged is not None
    assert taken_back is not None
    ends = [amended, merged.state, taken_back.state, commented]
    assert [_find_speaker(work.history[-1]) for work in ends] == ["staff", "staff", "reporter", "reporter"]
