"""The promise to look at the documents: its own clock, warnings before it is broken, and what nobody need look at."""

from datetime import timedelta

import pytest

from services.permits.domain import completeness, handing_in, moments
from services.permits.domain.application import Actor, Application
from services.permits.domain.findings import Found, note_findings
from services.permits.domain.permit_type import Duration
from services.permits.domain.rules import Rules
from tests.support.permits import ELSEWHERE, HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, draft, with_documents

PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
PROMISED = RULES.model_copy(update={"permit": HOUSE.model_copy(update={"check": Duration(minutes=240)})})
HOUR = timedelta(hours=1)


def handed_in(rules: Rules = PROMISED) -> Application:
    return handing_in.submit(application("draft"), at(), rules, TOWN, declared=True).state


def by_machine(*codes: str) -> Rules:
    documents = tuple(one.model_copy(update={"machine_checked": one.code in codes}) for one in HOUSE.documents)
    return RULES.model_copy(update={"permit": HOUSE.model_copy(update={"documents": documents})})


def waits(case: Application) -> dict[str, object]:
    return {one.name: one.at for one in moments.moments(case, PERIODS)}


def test_who_holds_each_level_is_warned_before_the_promise_is_broken_and_when_it_is() -> None:
    case = handed_in()
    assert waits(case)[moments.CHECK_REMINDER] == MONDAY + 2 * HOUR  # half of four working hours

    first = moments.act(moments.CHECK_REMINDER, case, at(MONDAY + 2 * HOUR), TOWN, PERIODS)
    assert first is not None
    assert [(event.type, event.data()["percent"], event.data()["level"]) for event in first.events] == [
        ("onestop.permit.check-overdue.v1", 50, "examiner")
    ]
    due = MONDAY + 4 * HOUR
    assert (first.state.check_due_at, waits(first.state)[moments.CHECK_REMINDER]) == (due, due)
    last = moments.act(moments.CHECK_REMINDER, first.state, at(due), TOWN, PERIODS)
    assert last is not None
    assert last.events[0].data()["level"] == "clerk"
    assert moments.CHECK_REMINDER not in waits(last.state)


def test_what_a_stop_has_kept_back_is_told_all_at_once() -> None:
    step = completeness.remind_of_check(handed_in(), at(MONDAY + 90 * HOUR), TOWN)

    assert step is not None
    assert [event.data()["percent"] for event in step.events] == [50, 100]


@pytest.mark.parametrize(
    "moved",
    [
        completeness.accept(handed_in(), at(), RULES, TOWN, OFFICER),
        completeness.request_documents(handed_in(), at(), RULES, TOWN, OFFICER, ["plans"], "x"),
        handing_in.amend(handed_in(), at()),
        handing_in.withdraw(handed_in(), at(), Actor(), ""),
    ],
)
def test_nobody_is_warned_of_what_waits_for_nobody(moved: object) -> None:
    case: Application = moved.state  # type: ignore[attr-defined]

    assert moments.CHECK_REMINDER not in waits(case)
    assert case.check_due_at is None
    assert completeness.remind_of_check(case, at(MONDAY + 90 * HOUR), TOWN) is None


def test_where_nothing_is_promised_nobody_is_warned() -> None:
    assert moments.CHECK_REMINDER not in waits(handed_in(RULES))


def test_what_the_machine_alone_may_judge_is_accepted_by_the_system() -> None:
    rules = by_machine("title-deed", "plans")
    step = completeness.accept_by_itself(handed_in(rules), at(), rules, TOWN)

    assert step is not None
    assert (step.state.state, step.state.timeline[-1].level) == ("accepted", "system")
    assert step.events[0].data()["actor"] is None


def test_one_document_that_somebody_must_look_at_waits_for_them() -> None:
    rules = by_machine("title-deed")
    assert completeness.accept_by_itself(handed_in(rules), at(), rules, TOWN) is None


def test_the_promise_is_told_with_what_was_handed_in() -> None:
    for rules, promised in ((PROMISED, True), (RULES, False)):
        step = handing_in.submit(application("draft"), at(), rules, TOWN, declared=True)
        said = step.events[0].data()["check_due_at"]
        assert (step.state.check_due_at is not None, said is not None) == (promised, promised)


def test_what_a_plan_check_speaks_against_waits_for_somebody() -> None:
    rules = by_machine("title-deed", "plans")
    outside = with_documents(draft(location=ELSEWHERE.model_copy(update={"address": "9"})), "title-deed", "plans")
    case = handing_in.submit(outside, at(), rules, TOWN, declared=True).state

    assert completeness.accept_by_itself(case, at(), rules, TOWN) is None


def test_what_was_found_wrong_or_fits_no_lane_is_handed_in_and_waits_for_somebody() -> None:
    rules = by_machine("title-deed", "plans")
    found = note_findings(handed_in(rules), at(), OFFICER, [Found("plans", "replace", "ไม่ชัด")]).state
    without = rules.model_copy(update={"permit": rules.permit.model_copy(update={"lanes": ()})})

    assert completeness.accept_by_itself(found, at(), rules, TOWN) is None
    assert completeness.accept_by_itself(handed_in(rules), at(), without, TOWN) is None


def test_nothing_is_accepted_twice_or_without_a_document() -> None:
    rules = by_machine("title-deed", "plans")
    assert completeness.accept_by_itself(application("accepted"), at(), rules, TOWN) is None
    assert not rules.permit.judged_by_machine({})
