"""What an application still lacks before the office takes it, and what handing in and taking back do then."""

from datetime import timedelta

import pytest

from services.permits.domain import completeness, handing_in
from services.permits.domain.application import Applicant
from services.permits.domain.permit_type import Duration
from services.permits.domain.readiness import open_answers
from shared.kernel import Reject
from tests.support.permits import EXAMINER, HOUSE, MONDAY, RULES, TOWN, application, at, draft, with_documents

LATER = MONDAY + timedelta(hours=1)


@pytest.mark.parametrize("way", ["phone", "email", "line_id", "address"])
def test_one_way_to_tell_the_applicant_is_enough(way: str) -> None:
    reachable = draft().model_copy(update={"applicant": Applicant.model_validate({"name": "ก", way: "0812345678"})})

    assert open_answers(reachable, HOUSE) == []


def test_whom_nobody_can_tell_of_the_decision_cannot_hand_in() -> None:
    silent = application("draft").model_copy(update={"applicant": Applicant(name="ก")})

    assert open_answers(silent, HOUSE) == ["applicant.contact"]
    with pytest.raises(Reject) as refused:
        handing_in.submit(silent, at(), RULES, TOWN, declared=True)
    assert refused.value.code == "incomplete"


def test_a_permit_needs_an_address() -> None:
    nowhere = draft(location=draft().location.model_copy(update={"address": None}))

    assert open_answers(nowhere, HOUSE) == ["location.address"]


def test_nothing_is_handed_in_without_the_declaration() -> None:
    with pytest.raises(Reject) as refused:
        handing_in.submit(application("draft"), at(), RULES, TOWN)
    assert (refused.value.code, refused.value.status) == ("declaration", 422)

    assert handing_in.submit(application("draft"), at(), RULES, TOWN, declared=True).state.declared_at == MONDAY


def test_an_answer_to_a_request_needs_no_second_declaration() -> None:
    asked = with_documents(application("documents-requested"), "title-deed", moment=LATER)

    assert handing_in.submit(asked, at(LATER), RULES, TOWN).state.declared_at == MONDAY


def test_what_was_accepted_without_an_address_goes_on_when_its_documents_come() -> None:
    """As an earlier release took it: nothing but documents can be handed in then."""
    accepted = application("accepted")
    before = accepted.model_copy(update={"location": accepted.location.model_copy(update={"address": None})})
    asked = completeness.request_documents(before, at(), RULES, TOWN, EXAMINER, ["title-deed"], "อ่านไม่ออก").state
    answered = with_documents(asked, "title-deed", moment=LATER)

    assert handing_in.submit(answered, at(LATER), RULES, TOWN).state.state == "accepted"


def test_answers_that_were_changed_while_documents_were_asked_for_are_declared_anew() -> None:
    asked = with_documents(application("documents-requested"), "title-deed", moment=LATER)
    plot = handing_in.Plot(asked.location, asked.zone, asked.land_use, asked.parcel)
    changed = handing_in.fill_in(asked, {**asked.form, "usable_area_m2": "150"}, plot, asked.applicant).state

    with pytest.raises(Reject, match="declare"):
        handing_in.submit(changed, at(LATER), RULES, TOWN)
    assert handing_in.submit(changed, at(LATER), RULES, TOWN, declared=True).state.declared_at == LATER


def test_what_is_taken_back_can_be_corrected_and_is_declared_anew() -> None:
    taken_back = handing_in.amend(application("submitted"), at())

    assert [event.type for event in taken_back.events] == ["onestop.permit.reopened.v1"]
    assert (taken_back.state.editable, taken_back.state.open_for_documents) == (True, True)
    with pytest.raises(Reject) as refused:
        handing_in.submit(taken_back.state, at(), RULES, TOWN)
    assert refused.value.code == "declaration"
    again = handing_in.submit(taken_back.state, at(), RULES, TOWN, declared=True)
    assert again.state.state == "submitted"
    assert again.state.timeline[-1].type == "amended"


def test_the_office_promises_when_it_looks_at_the_documents_and_holds_to_office_hours() -> None:
    permit = RULES.permit.model_copy(update={"check": Duration(minutes=480)})
    promised = RULES.model_copy(update={"permit": permit})

    handed_in = handing_in.submit(application("draft"), at(), promised, TOWN, declared=True).state

    assert handed_in.check_due_at == MONDAY + timedelta(days=1)
    assert handing_in.amend(handed_in, at()).state.check_due_at is None
