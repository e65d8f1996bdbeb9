"""Others who are asked about an application: by whom, until when, with which link, and what becomes of the answer."""

from datetime import timedelta

import pytest

from services.permits.domain import chasing, completeness, consulting, decision, handing_in, moments
from services.permits.domain.application import Actor, Application
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.forgetting import forget_applicant
from shared.consult_links import ConsultLink, consult_token, read_consult_token
from shared.kernel import Reject
from shared.town.work import Agency
from tests.support.permits import MONDAY, OFFICER, RULES, application, at, permit_town, words

DAY = timedelta(days=1)
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
PEA = Agency(name=words("การไฟฟ้า"), phone="1129")
TOWN = permit_town().model_copy(update={"agencies": {"pea": PEA}})
CONSULTEE = Actor(level="consultee", name="นายช่างไฟฟ้า")
AGREED = Answer("no-objection", "", "นายช่างไฟฟ้า")


def question(**changes: object) -> Question:
    usual = {"consultee": "pea", "text": "สายไฟพอหรือไม่", "documents": ("plans",), "days": 3, "beyond_due": True}
    return Question(**{**usual, **changes})  # type: ignore[arg-type]


def asked(state: str = "accepted") -> Application:
    return consulting.ask(application(state), at(), TOWN, OFFICER, question()).state  # type: ignore[arg-type]


def test_a_question_is_due_in_working_days_and_the_clock_runs_on() -> None:
    step = consulting.ask(application("accepted"), at(), TOWN, OFFICER, question())
    one = step.state.consultations[0]

    assert one.due_at.date() == (MONDAY + 3 * DAY).date()
    assert step.state.clock is not None
    assert step.state.clock.paused_at is None
    assert [event.type for event in step.events] == ["onestop.permit.consulted.v1"]


def test_an_answer_is_for_those_who_decide_and_changes_what_the_signatory_has_read() -> None:
    case = asked("examined")
    step = consulting.answer(case, at(MONDAY + DAY), CONSULTEE, case.consultations[0].id, AGREED)
    one = step.state.consultations[0]

    assert (one.view, one.answered_by) == ("no-objection", "นายช่างไฟฟ้า")
    assert decision.read_mark(step.state) != decision.read_mark(case)
    assert step.state.timeline[-1].note == ""


def test_a_question_is_answered_once_with_reasons_and_while_somebody_waits() -> None:
    case = asked()
    one = case.consultations[0].id
    answered = consulting.answer(case, at(), CONSULTEE, one, AGREED).state
    withdrawn = handing_in.withdraw(case, at(), Actor(), "").state
    for state, consultation, given, code in (
        (answered, one, AGREED, "answered-already"),
        (withdrawn, one, AGREED, "answered-already"),
        (case, "unknown", AGREED, "unknown-consultation"),
        (case, one, Answer("objection", "", "x"), "answer-reason"),
    ):
        with pytest.raises(Reject) as refusal:
            consulting.answer(state, at(), CONSULTEE, consultation, given)
        assert refusal.value.code == code


def test_while_the_applicant_is_asked_for_documents_others_still_answer_and_are_still_late() -> None:
    case = completeness.request_documents(asked(), at(), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด").state
    one = case.consultations[0]

    assert chasing.find_next_due(case) == one.due_at
    assert consulting.answer(case, at(MONDAY + DAY), CONSULTEE, one.id, AGREED).state.consultations[0].view
    with pytest.raises(Reject, match="while an application is judged"):
        consulting.ask(case, at(), TOWN, OFFICER, question())


@pytest.mark.parametrize(
    ("state", "changes", "code"),
    [
        ("draft", {}, "wrong-state"),
        ("decided", {}, "wrong-state"),
        ("accepted", {"consultee": "nobody"}, "unknown-consultee"),
        ("accepted", {"documents": ("consent",)}, "unknown-requirement"),
    ],
)
def test_only_whom_the_profile_knows_is_asked_about_what_is_there(
    state: str, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Reject) as refusal:
        consulting.ask(application(state), at(), TOWN, OFFICER, question(**changes))  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_the_office_hears_once_of_an_answer_that_has_not_come() -> None:
    case = asked()
    due = case.consultations[0].due_at
    step = moments.act(moments.CONSULTATION, case, at(due), TOWN, PERIODS)

    assert step is not None
    assert [event.type for event in step.events] == ["onestop.permit.consultation-overdue.v1"]
    assert chasing.find_next_due(step.state) is None
    assert chasing.chase(step.state, at(due + DAY)) is None
    answered = consulting.answer(step.state, at(due + DAY), CONSULTEE, case.consultations[0].id, AGREED)
    assert answered.state.consultations[0].view == "no-objection"


def test_nobody_is_waited_for_once_it_is_decided_or_withdrawn() -> None:
    assert chasing.find_next_due(handing_in.withdraw(asked(), at(), Actor(), "").state) is None


def test_a_link_opens_its_own_question_and_no_other() -> None:
    case = asked()
    one = case.consultations[0]
    token = consult_token("k" * 32, ConsultLink(case.id, one.id, one.link))

    assert read_consult_token(("k" * 32,), token) == ConsultLink(case.id, one.id, 1)
    other = token.replace(one.id, case.id)
    newer = token.replace(f"{one.id}.1.", f"{one.id}.2.")
    for wrong in (other, newer, token[:-1] + "_", token + ".x", "", "a.b.1.c", token.replace(case.id, one.id)):
        assert read_consult_token(("k" * 32,), wrong) is None
    assert read_consult_token(("other",), token) is None


def test_whoever_answered_is_forgotten_with_the_applicant_and_their_view_stays() -> None:
    case = asked()
    answered = consulting.answer(case, at(), CONSULTEE, case.consultations[0].id, AGREED).state
    over = handing_in.withdraw(answered, at(), Actor(), "").state
    step = forget_applicant(over, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    assert (step.state.consultations[0].view, step.state.consultations[0].answered_by) == ("no-objection", "")
