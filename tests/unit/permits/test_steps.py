"""An application's way: who may do what in which state, and what is told of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import get_args

import pytest

from services.permits.domain import completeness, decision, handing_in
from services.permits.domain.application import Actor, Application, State
from shared.events.base import Event
from shared.events.contacts import ContactRecorded
from shared.kernel import Reject, Step
from tests.support.permits import (
    EXAMINER,
    FORM,
    HOME,
    MONDAY,
    OFFICER,
    RULES,
    SIGNATORY,
    TOWN,
    application,
    at,
    draft,
    signed,
    with_documents,
)

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LATER = MONDAY + HOUR
HERE = handing_in.plot_of(TOWN, HOME, FORM)
Act = Callable[[Application], Step[Application] | None]
ACTS: dict[str, tuple[Act, set[State]]] = {
    "fill in": (lambda case: handing_in.fill_in(case, FORM, HERE, case.applicant),
                {"draft", "documents-requested"}),
    "hand in a document": (lambda case: Step(with_documents(case, "consent", moment=LATER)),
                           {"draft", "documents-requested"}),
    "submit": (lambda case: handing_in.submit(
        with_documents(case, "title-deed", moment=LATER) if case.open_for_documents else case, at(LATER), RULES, TOWN,
        declared=True),
        {"draft", "documents-requested"}),
    "accept": (lambda case: completeness.accept(case, at(LATER), RULES, TOWN, OFFICER), {"submitted"}),
    "request": (lambda case: completeness.request_documents(case, at(LATER), RULES, TOWN, OFFICER, ["plans"], "ขอใหม่"),
                {"submitted", "accepted", "examined"}),
    "examine": (lambda case: decision.examine(case, at(LATER), EXAMINER, "approve", "", "", ()),
                {"accepted", "examined"}),
    "decide": (lambda case: decision.decide(case, at(LATER), RULES, TOWN, signed()), {"examined"}),
    "amend": (lambda case: handing_in.amend(case, at(LATER)), {"submitted"}),
    "withdraw": (lambda case: handing_in.withdraw(case, at(LATER), Actor(), ""),
                 {"draft", "submitted", "documents-requested", "accepted", "examined"}),
}  # fmt: skip


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("act", ACTS)
def test_each_act_fits_its_states_and_no_other(act: str, state: State) -> None:
    do, states = ACTS[act]
    case = application(state)

    if state in states:
        assert do(case) is not None
    else:
        with pytest.raises(Reject) as refused:
            do(case)
        assert refused.value.code == "wrong-state"


def types(step: Step[Application] | None) -> list[str]:
    assert step is not None
    return [event.type.removeprefix("onestop.permit.").removesuffix(".v1") for event in step.events]


def first(step: Step[Application] | None) -> Event:
    assert step is not None
    return step.events[0]


def test_handing_in_leaves_the_contact_to_notify_once() -> None:
    step = handing_in.submit(application("draft"), at(), RULES, TOWN, declared=True)

    assert types(step) == ["submitted"]
    assert step.events[0].data()["again"] is False
    assert [contact.party for contact in step.contacts] == ["applicant"]


def test_a_contact_that_is_corrected_later_reaches_notify_and_an_unchanged_one_does_not() -> None:
    asked = application("documents-requested")
    corrected = asked.applicant.model_copy(update={"email": "b@example.org", "consent": False})

    changed = handing_in.fill_in(asked, FORM, HERE, corrected)
    same = handing_in.fill_in(changed.state, FORM, HERE, corrected)

    (told,) = changed.contacts
    assert isinstance(told, ContactRecorded)
    assert (told.party, told.email, told.consent) == ("applicant", "b@example.org", False)
    assert list(same.contacts) == []


def test_nobody_hears_of_the_contact_in_a_draft() -> None:
    other = draft().applicant.model_copy(update={"email": "b@example.org"})

    assert list(handing_in.fill_in(draft(), FORM, HERE, other).contacts) == []


def without(application: Application, field: str) -> Application:
    form = {code: value for code, value in application.form.items() if code != field}
    return application.model_copy(update={"form": form})


def test_what_is_missing_is_named_when_handing_in() -> None:
    with pytest.raises(Reject, match="height_m, title-deed, plans") as refused:
        handing_in.submit(without(draft(), "height_m"), at(), RULES, TOWN, declared=True)

    assert refused.value.status == 422


def test_a_larger_house_needs_the_engineer_before_it_can_be_handed_in() -> None:
    case = with_documents(draft({"usable_area_m2": "150.01"}), "title-deed", "plans")

    with pytest.raises(Reject, match="engineer"):
        handing_in.submit(case, at(), RULES, TOWN, declared=True)


def test_acceptance_starts_the_clock_and_tells_every_condition() -> None:
    step = completeness.accept(application("submitted"), at(), RULES, TOWN, OFFICER)
    event = step.events[0].data()

    assert (event["lane"], event["actor"]) == ("fast", "officer")
    assert [one["condition"] for one in event["conditions"]][-1] == "plan"
    assert step.state.due_at == MONDAY + 2 * HOUR


def test_a_request_before_acceptance_pauses_nothing_and_the_answer_waits_for_the_officer_again() -> None:
    asked = completeness.request_documents(application("submitted"), at(), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด")
    answered = handing_in.submit(
        with_documents(asked.state, "plans", moment=LATER), at(LATER), RULES, TOWN, declared=True
    )

    assert types(asked) == ["documents-requested"]
    assert (answered.state.state, types(answered), list(answered.contacts)) == ("submitted", ["submitted"], [])
    assert answered.events[0].data()["again"] is True
    assert (handing_in.find_answer_time(asked.state), handing_in.find_answer_time(answered.state)) == (None, LATER)


def test_a_request_after_acceptance_pauses_the_clock_and_the_answer_resumes_it() -> None:
    asked = completeness.request_documents(application("examined"), at(), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด")
    answered = handing_in.submit(
        with_documents(asked.state, "plans", moment=LATER), at(LATER), RULES, TOWN, declared=True
    )

    assert types(asked) == ["documents-requested", "paused"]
    assert asked.state.due_at is None
    assert types(answered) == ["resumed"]
    assert (answered.state.state, answered.state.due_at) == ("accepted", MONDAY + 3 * HOUR)
    assert answered.state.proposal is None  # what was proposed was proposed on other documents


def test_an_answer_needs_a_newer_file_for_everything_that_was_asked() -> None:
    asked = application("documents-requested")

    with pytest.raises(Reject, match="title-deed"):
        handing_in.submit(asked, at(LATER), RULES, TOWN, declared=True)


def test_what_is_handed_in_is_judged_by_the_rules_of_that_day_whatever_the_profile_becomes() -> None:
    submitted = application("submitted")
    pin = submitted.pin
    asked = completeness.request_documents(submitted, at(), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด").state
    answered = handing_in.submit(
        with_documents(asked, "plans", moment=LATER), at(LATER), RULES, TOWN, declared=True
    ).state

    assert (draft().pin, pin and pin.hash, pin and pin.at) == (None, RULES.hash, MONDAY)
    assert answered.pin == pin


def test_a_type_that_is_not_offered_any_more_takes_no_new_applications_but_answers_of_old_ones() -> None:
    without_types = TOWN.model_copy(update={"permits": {}})
    asked = with_documents(application("documents-requested"), "title-deed", moment=LATER)

    with pytest.raises(Reject) as refused:
        handing_in.submit(application("draft"), at(), RULES, without_types, declared=True)
    assert refused.value.code == "type-gone"
    assert handing_in.submit(asked, at(LATER), RULES, without_types, declared=True).state.state == "submitted"


def test_a_withdrawn_draft_is_nobodys_business() -> None:
    assert types(handing_in.withdraw(application("draft"), at(), Actor(), "")) == []
    assert types(handing_in.withdraw(application("accepted"), at(), Actor(), "ย้ายบ้าน")) == ["withdrawn", "closed"]


def test_the_timeline_grows_by_one_line_with_each_step() -> None:
    case = application("decided")

    assert [entry.type for entry in case.timeline] == [
        "document-received", "document-received", "submitted", "accepted", "examined", "decided",
        "invoiced",
    ]  # fmt: skip
    assert case.timeline[-2].by == SIGNATORY.name


def test_a_plot_that_the_device_hardly_knows_is_asked_for_again() -> None:
    with pytest.raises(Reject, match="rough-place"):
        handing_in.plot_of(TOWN, HOME.model_copy(update={"accuracy_m": 2000.0}), FORM)
