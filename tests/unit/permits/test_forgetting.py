"""What is left of an applicant when all is over: who holds the permit; not how to reach them, and not their papers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.permits.domain import correspondence, forgetting, handing_in, moments, noting, validity
from services.permits.domain.application import Actor, Application
from shared.kernel import Erase
from tests.support.permits import EXAMINER, MONDAY, application, at
from tests.support.stored import example

DAYS = 3650
PERIODS = moments.Periods(draft_days=90, applicant_days=DAYS)
END = MONDAY + timedelta(days=366)  # the last day is over
LATER = END + timedelta(days=DAYS)


def expired() -> Application:
    step = validity.end_validity(application("decided"), at(END))
    assert step is not None
    return step.state


def test_contact_and_documents_go_and_the_holder_stays() -> None:
    step = forgetting.forget_applicant(expired(), at(LATER), DAYS, ())

    assert step is not None
    after = step.state
    assert (after.applicant.name, after.applicant.email, after.fingerprint) == ("สมชาย", None, "")
    assert {upload.removed for uploads in after.documents.values() for upload in uploads} == {True}
    assert {upload.filename for uploads in after.documents.values() for upload in uploads} == {""}
    assert list(step.contacts) == [Erase("applicant")]
    assert (after.decision, after.form) == (expired().decision, expired().form)


def test_messages_and_answers_by_which_somebody_can_be_reached_go_too() -> None:
    written = correspondence.write(expired(), at(END), Actor(), "โทรหาช่างที่ 081 234 5678").state
    written = written.model_copy(update={"form": {**written.form, "agent_phone": "0812345678"}})

    step = forgetting.forget_applicant(written, at(LATER), DAYS, {"agent_phone"})

    assert step is not None
    assert (step.state.messages, step.state.unanswered_since) == ((), None)
    assert step.state.form == expired().form


def test_what_officers_noted_about_somebody_goes_with_the_rest() -> None:
    noted = noting.add_note(expired(), at(END), EXAMINER, "โทร 081 234 5678 ถามภรรยาแทน").state

    step = forgetting.forget_applicant(noted, at(LATER), DAYS, ())

    assert step is not None
    assert step.state.staff_notes == ()


def test_it_happens_once_and_not_before_its_time() -> None:
    waits = {one.name: one.at for one in moments.moments(expired(), PERIODS)}
    assert waits[moments.FORGETTING] == LATER
    assert forgetting.forget_applicant(expired(), at(LATER - timedelta(seconds=1)), DAYS, ()) is None

    step = forgetting.forget_applicant(expired(), at(LATER), DAYS, ())

    assert step is not None
    assert moments.FORGETTING not in {one.name for one in moments.moments(step.state, PERIODS)}
    assert forgetting.forget_applicant(step.state, at(LATER), DAYS, ()) is None


@pytest.mark.parametrize("state", ["submitted", "accepted", "examined", "decided"])
def test_nobody_is_forgotten_while_something_is_expected(state: str) -> None:
    assert forgetting.find_forgetting_time(application(state), DAYS) is None  # type: ignore[arg-type]


def test_a_withdrawn_application_is_forgotten_from_its_withdrawal_on() -> None:
    withdrawn = handing_in.withdraw(application("accepted"), at(), Actor(), "").state

    assert forgetting.find_forgetting_time(withdrawn, DAYS) == MONDAY + timedelta(days=DAYS)


WORDS = "MARK 081-234-5678"
EXAMPLE_KEY = "ข้อความ"  # of every map in an example
# What somebody writes freely; whatever is called a note, wherever it stands.
FREE = {"text", "filename", "answered_by", "place"}
# Why money was taken back or given back: the book of receipts.
STAYS = {"bill.past_payments.note", "bill.refund.note", "later_bills.past_payments.note", "later_bills.refund.note"}


def filled(value: Any, name: str = "") -> Any:
    """The state with these words in every free field."""
    if isinstance(value, dict):
        return {key: filled(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, name) for one in value]
    return WORDS if isinstance(value, str) and (name in FREE or name.endswith("note")) else value


def holding(value: Any, where: str = "") -> Iterator[str]:
    """The fields that hold the words."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from holding(one, f"{where}.{key}".removeprefix(".") if key != EXAMPLE_KEY else where)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from holding(one, where)
    elif isinstance(value, str) and WORDS in value:
        yield where


def test_no_free_words_stay_but_what_the_book_of_receipts_says() -> None:
    """Every free field of every part of an application, those of tomorrow too."""
    state = filled(example(Application)) | {"submitted_at": MONDAY, "closed_at": END, "forgotten_at": None}
    whole = Application.model_validate(state)
    written = set(holding(whole.model_dump()))
    assert {where.rpartition(".")[2] for where in written} >= FREE, "each of them is there"
    assert {"timeline.note", "request.note", "findings.note", "findings.marks.note"} <= written

    step = forgetting.forget_applicant(whole, at(LATER), DAYS, ())

    assert step is not None
    assert set(holding(step.state.model_dump())) == STAYS
