"""The signed request form: of the answers that were printed."""

from datetime import datetime

import pytest

from services.permits.domain import handing_in
from services.permits.domain.application import Application
from services.permits.domain.documents import hand_in, is_outdated, list_documents, list_missing_documents
from services.permits.domain.paper import Upload
from services.permits.domain.permit_type import Clause, RequestForm
from services.permits.domain.signed_request import mark_of
from shared.events.ids import new_id
from shared.kernel import Reject
from tests.support.permits import HOUSE, MONDAY, RULES, TOWN, at, draft, with_documents

FORM = RequestForm(code="ข.1", title="คำขอ", document="consent", clauses=(Clause(text="ข้าพเจ้า {name}"),))
PERMIT = HOUSE.model_copy(update={"request_form": FORM})
SIGNED = RULES.model_copy(update={"permit": PERMIT})


def handed_in(application: Application, sent: str = "scan", moment: datetime = MONDAY) -> Application:
    upload = Upload(id=new_id(), sha256=sent, sent_sha256=sent, size=1, media_type="application/pdf", filename="a.pdf",
                    at=moment)  # fmt: skip
    step = hand_in(application, at(moment), PERMIT, "consent", upload)
    assert step is not None
    return step.state


def complete() -> Application:
    return handed_in(with_documents(draft(), "title-deed", "plans"))


def changed(application: Application) -> Application:
    return application.model_copy(update={"form": {**application.form, "height_m": "5"}})


def states(application: Application) -> dict[str, str]:
    return {document.code: state for document, state in list_documents(application, PERMIT)}


def test_a_form_that_was_signed_before_the_answers_changed_is_missing_until_it_is_signed_anew() -> None:
    state = complete()
    assert (states(state)["consent"], state.documents["consent"][0].form_mark) == ("received", mark_of(state))
    state = changed(state)
    assert states(state)["consent"] == "outdated"
    assert [one.code for one in list_missing_documents(state, PERMIT)] == ["consent"]
    with pytest.raises(Reject, match="consent"):
        handing_in.submit(state, at(MONDAY), SIGNED, TOWN, declared=True)
    state = handed_in(state, "another scan")
    assert states(state)["consent"] == "received"
    assert handing_in.submit(state, at(MONDAY), SIGNED, TOWN, declared=True).state.state == "submitted"


def test_the_old_scan_is_not_taken_for_a_new_one_and_answers_changed_back_are_those_of_it() -> None:
    first = complete()
    with pytest.raises(Reject, match="outdated-form"):
        handed_in(changed(first), "scan")
    assert not is_outdated(changed(first).model_copy(update={"form": first.form}), "consent")


def test_nothing_is_outdated_once_it_is_accepted_or_where_nobody_knew_the_code() -> None:
    state = changed(complete())
    clock = {"state": "accepted"}
    assert not is_outdated(state.model_copy(update=clock), "consent")
    assert not is_outdated(changed(with_documents(draft(), "consent")), "consent")
