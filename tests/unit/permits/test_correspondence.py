"""Applicant and office write to each other about an application: the other side is told, and no clock moves."""

from datetime import timedelta

import pytest

from services.permits.domain import correspondence
from services.permits.domain.application import Actor, Application, State
from services.permits.domain.correspondence import MESSAGES_MOST, write
from shared.events.permits import PermitMessageWritten
from shared.kernel import Reject
from tests.support.permits import MONDAY, OFFICER, application, at

LATER = MONDAY + timedelta(hours=1)


def asked(case: Application) -> Application:
    return write(case, at(), Actor(), "ต้องใช้สำเนากี่ชุด").state


def test_a_question_waits_until_the_office_has_answered() -> None:
    twice = write(asked(application("accepted")), at(LATER), Actor(), "รอคำตอบอยู่").state
    answered = write(twice, at(LATER), OFFICER, "ชุดเดียว").state

    assert twice.unanswered_since == MONDAY
    assert answered.unanswered_since is None
    assert [(line.by, line.name) for line in answered.messages] == [
        ("applicant", ""),
        ("applicant", ""),
        ("staff", "นภา"),
    ]


@pytest.mark.parametrize(("who", "by", "actor"), [(Actor(), "applicant", None), (OFFICER, "staff", "officer")])
def test_the_other_side_is_told_what_was_written(who: Actor, by: str, actor: str | None) -> None:
    (event,) = write(application("submitted"), at(), who, "สวัสดี").events

    assert isinstance(event, PermitMessageWritten)
    assert (event.by, event.actor, event.text) == (by, actor, "สวัสดี")


@pytest.mark.parametrize("state", ["submitted", "documents-requested", "accepted", "examined", "decided"])
def test_a_message_changes_nothing_of_what_is_decided_on(state: State) -> None:
    before = application(state)

    after = asked(before)

    assert after.model_copy(update={"messages": (), "unanswered_since": None}) == before


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_nobody_writes_about_what_is_not_with_the_office(state: State) -> None:
    with pytest.raises(Reject) as refused:
        asked(application(state))
    assert refused.value.code == "wrong-state"


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_message_is_none(text: str) -> None:
    with pytest.raises(Reject) as refused:
        correspondence.write(application("submitted"), at(), Actor(), text)
    assert refused.value.code == "empty-message"


def test_a_thread_does_not_grow_for_ever() -> None:
    case = application("submitted")
    for _ in range(MESSAGES_MOST):
        case = asked(case)

    with pytest.raises(Reject) as refused:
        asked(case)
    assert refused.value.code == "too-many-messages"
    assert write(case, at(LATER), OFFICER, "ชุดเดียว").state.unanswered_since is None, "the office can still answer"


def test_the_office_is_told_of_the_first_message_that_waits_and_not_of_each_that_follows() -> None:
    first = write(application("submitted"), at(), Actor(), "ต้องใช้สำเนากี่ชุด")
    second = write(first.state, at(LATER), Actor(), "รอคำตอบอยู่")
    answered = write(second.state, at(LATER), OFFICER, "ชุดเดียว")
    third = write(answered.state, at(LATER), Actor(), "ขอบคุณ แล้วต้องสีหรือไม่")

    steps = (first, second, answered, third)
    assert [event.data()["follows_up"] for step in steps for event in step.events] == [False, True, False, False]
