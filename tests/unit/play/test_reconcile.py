"""Counts that agree, and each loss and doubling named by its case."""

from dataclasses import replace

import pytest

from shared.events.ids import new_id
from tests.support.played import CREATED, SUBMITTED, answer, created, ledger, notice, rules, submitted, whole
from tools.play.ledger import Seen
from tools.play.reconcile import Verdict, complete, reconcile
from tools.play.sending import Answer

FIRST, SECOND = new_id(), new_id()
ANSWERS = [answer(1, case=FIRST), answer(2, case=SECOND)]


def judged(events: list[Seen], answers: list[Answer] | None = None, read: int | None = None) -> Verdict:
    given = ANSWERS if answers is None else answers
    return reconcile(len(given) if read is None else read, given, ledger(events), rules())


def named(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.case, one.what) for one in verdict.differences]


def without(events: list[Seen], kind: str, **data: object) -> list[Seen]:
    return [one for one in events if one.envelope.type != kind or any(one.data[key] != data[key] for key in data)]


def test_all_that_went_in_came_out() -> None:
    answers = [*ANSWERS, answer(3, "refused", "no-place (Not valid)"), answer(4, "refused", "no-place (Not valid)")]
    verdict = judged([*whole(FIRST), *whole(SECOND)], answers)
    assert verdict.reconciled
    assert (verdict.read, verdict.accepted, verdict.refused) == (4, 2, {"no-place (Not valid)": 2})
    assert (verdict.submitted, verdict.work_orders, verdict.in_triage, verdict.notices) == (2, 2, 0, {"sent": 8})


def test_the_same_event_twice_on_the_bus_is_one_event() -> None:
    events = whole(FIRST)
    book = ledger([*events, *events])
    assert reconcile(1, ANSWERS[:1], book, rules()).reconciled
    assert book.copies == len(events)


def test_a_lost_report_event_is_named() -> None:
    events = without(whole(FIRST), SUBMITTED) + whole(SECOND)
    assert ("MH-1", "no report.submitted") in named(judged(events))


def test_a_report_without_work_is_named() -> None:
    events = [submitted(FIRST), notice(FIRST, SUBMITTED), *whole(SECOND)]
    assert named(judged(events)) == [("MH-1", "no work order")]


def test_a_doubled_work_order_is_named_with_both() -> None:
    second = created(FIRST)
    [(case, what)] = [one for one in named(judged([*whole(FIRST), second, *whole(SECOND)])) if "work order" in one[1]]
    assert case == "MH-1"
    assert what.startswith("2 × work order: ")
    assert second.envelope.subject in what


def test_a_doubled_submission_is_named() -> None:
    assert "2 × report.submitted" in named(judged([*whole(FIRST), submitted(FIRST), *whole(SECOND)]))[0][1]


@pytest.mark.parametrize(
    ("about", "audience", "channel", "words"),
    [
        (SUBMITTED, "reporter", "inbox", "no notice of report.submitted to reporter by inbox"),
        (CREATED, "follower", "inbox", "no notice of work-order.created to follower by inbox"),
        (CREATED, "follower", "email", "no notice of work-order.created to follower by email"),
    ],
)
def test_a_missing_notice_is_named(about: str, audience: str, channel: str, words: str) -> None:
    gone = {"about": about, "audience": audience, "channels": [{"channel": channel}]}
    events = without(whole(FIRST), "onestop.notice.sent.v1", **gone) + whole(SECOND)
    assert named(judged(events)) == [("MH-1", words)]


def test_a_channel_that_the_town_does_not_have_owes_nothing() -> None:
    events = [
        one for case in (FIRST, SECOND) for one in whole(case) if one.data.get("channels") != [{"channel": "email"}]
    ]
    assert judged(events).reconciled


def test_a_message_that_failed_or_was_skipped_has_an_outcome() -> None:
    gone = {"about": CREATED, "audience": "follower", "channels": [{"channel": "email"}]}
    events = without(whole(FIRST), "onestop.notice.sent.v1", **gone) + whole(SECOND)
    events.append(notice(FIRST, audience="follower", channel="email", outcome="failed"))
    verdict = judged(events)
    assert verdict.reconciled
    assert verdict.notices == {"sent": 7, "failed": 1}


def test_somebody_told_twice_is_named() -> None:
    again = notice(FIRST, delivery=new_id())
    assert named(judged([*whole(FIRST), again, *whole(SECOND)])) == [
        ("MH-1", "2 notices of work-order.created to reporter by inbox")
    ]


def test_a_delivery_with_two_endings_is_named() -> None:
    first = notice(FIRST)
    second = notice(FIRST, outcome="failed", delivery=first.envelope.subject)
    assert named(judged([*whole(FIRST), second, *whole(SECOND)])) == [
        ("MH-1", f"delivery {first.envelope.subject} ended 2 times")
    ]


def test_other_peoples_cases_do_not_count() -> None:
    verdict = judged([*whole(FIRST), *whole(SECOND), *whole(new_id())])
    assert verdict.reconciled
    assert verdict.work_orders == 2


def test_work_that_waits_for_a_person_counts_as_triage() -> None:
    events = [one for one in whole(FIRST) if one.envelope.type != CREATED]
    nobodys = without(whole(SECOND), CREATED)
    verdict = judged([*events, created(FIRST, None), *nobodys, created(SECOND, "triage", level="triage")])
    assert (verdict.work_orders, verdict.in_triage) == (2, 2)


def test_a_row_without_an_answer_is_named() -> None:
    lost = answer(2, "unanswered", "gave up after 9 tries: ConnectError")
    verdict = judged(whole(FIRST), [ANSWERS[0], lost])
    assert named(verdict) == [("row 2", "gave up after 9 tries: ConnectError")]
    assert verdict.unanswered == 1


def test_a_row_that_was_read_and_never_answered_is_missed() -> None:
    assert named(judged(whole(FIRST), ANSWERS[:1], read=2)) == [("all rows", "2 were read and 1 have an outcome")]


def test_two_rows_that_became_one_report_are_named() -> None:
    verdict = judged(whole(FIRST), [answer(1, case=FIRST), answer(2, case=FIRST)])
    assert ("rows 1, 2", f"became one report, {FIRST}") in named(verdict)


def test_two_reports_with_one_work_order_are_named() -> None:
    shared = created(FIRST)
    other = created(SECOND)
    other = replace(other, envelope=replace(other.envelope, subject=shared.envelope.subject))
    events = [*without(whole(FIRST), CREATED), *without(whole(SECOND), CREATED), shared, other]
    assert named(judged(events)) == [("MH-1, MH-2", f"share the work order {shared.envelope.subject}")]


def test_a_report_is_complete_when_its_last_notice_has_come() -> None:
    events = whole(FIRST)
    found = [
        complete(ledger(events[:count]).story(FIRST), rules(), {"inbox", "email"}) for count in range(len(events) + 1)
    ]
    assert found == [False] * len(events) + [True]
