"""What is handed in is judged by its bytes, and every version is kept."""

from datetime import datetime, timedelta

import pytest

from services.permits.domain import completeness, documents, handing_in
from services.permits.domain.application import Application
from services.permits.domain.documents import (
    MEGABYTE,
    VERSIONS_KEPT,
    VERSIONS_MOST,
    check_kind,
    check_size,
    list_documents,
    make_printable,
    need_document,
    need_wanted,
)
from services.permits.domain.paper import Upload
from shared.events.ids import new_id
from shared.kernel import Reject
from tests.support.permits import HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, draft, with_documents

PLANS = need_document(HOUSE, "plans")


@pytest.mark.parametrize(("size", "code"), [(0, "empty-file"), (MEGABYTE + 1, "file-too-large")])
def test_a_file_of_no_fitting_size_is_refused(size: int, code: str) -> None:
    with pytest.raises(Reject) as refused:
        check_size(PLANS, size)

    assert refused.value.code == code


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    check_size(PLANS, MEGABYTE)


@pytest.mark.parametrize("kind", [None, "image/png"])  # plans are taken as PDF only
def test_a_kind_that_the_document_is_not_taken_in_is_refused(kind: str | None) -> None:
    check_kind(PLANS, "application/pdf")
    with pytest.raises(Reject, match="wrong-file-type"):
        check_kind(PLANS, kind)


def test_an_application_that_takes_no_documents_is_asked_for_none() -> None:
    assert need_wanted(draft(), HOUSE, "plans") == PLANS
    with pytest.raises(Reject, match="wrong-state"):
        need_wanted(application("submitted"), HOUSE, "plans")


def test_a_requirement_the_type_does_not_have_is_unknown() -> None:
    with pytest.raises(Reject) as refused:
        need_document(HOUSE, "passport")

    assert refused.value.status == 404


def test_a_replaced_document_stays_in_the_history() -> None:
    case = with_documents(with_documents(draft(), "plans"), "plans", moment=MONDAY + timedelta(hours=1))

    assert [upload.at for upload in case.documents["plans"]] == [MONDAY, MONDAY + timedelta(hours=1)]
    assert [entry.type for entry in case.timeline] == ["document-received", "document-replaced"]


def test_one_document_is_replaced_so_often_and_no_more() -> None:
    case = draft()
    for _ in range(VERSIONS_MOST):
        case = with_documents(case, "plans")

    with pytest.raises(Reject) as refused:
        with_documents(case, "plans")
    assert refused.value.code == "too-many-versions"
    assert with_documents(case, "title-deed").latest("title-deed")


def test_the_newest_versions_are_kept_and_keep_their_numbers() -> None:
    case = asked = application("submitted")
    for hour in range(1, VERSIONS_KEPT + 3):
        moment = MONDAY + timedelta(hours=hour)
        asked = completeness.request_documents(case, at(moment), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด").state
        before = with_documents(asked, "plans", moment=moment + timedelta(minutes=1))
        case = handing_in.submit(before, at(moment + timedelta(minutes=2)), RULES, TOWN, declared=True).state
    dropped = documents.list_dropped_files(asked, case, "plans")

    assert [upload.number for upload in case.documents["plans"]] == list(range(4, VERSIONS_KEPT + 4))
    assert dropped == [asked.documents["plans"][0].id]
    assert documents.find_version(case, "plans", 3) is None
    assert documents.find_version(case, "plans", None) == documents.find_version(case, "plans", VERSIONS_KEPT + 3)


def heavy(case: Application, code: str, size: int, moment: datetime = MONDAY) -> Application:
    """The case with a file of that many bytes."""
    upload = Upload(
        id=new_id(), sha256=new_id(), sent_sha256=new_id(), size=size, media_type="application/pdf", filename="a.pdf",
        at=moment,
    )  # fmt: skip
    step = documents.hand_in(case, at(moment), HOUSE, code, upload)
    assert step is not None
    return step.state


def test_an_application_holds_twice_what_its_documents_may_weigh_together() -> None:
    most = 2 * MEGABYTE * sum(document.max_mb for document in HOUSE.documents)
    case = heavy(heavy(draft(), "plans", most - 10), "title-deed", 10)

    with pytest.raises(Reject) as refused:
        heavy(case, "title-deed", 1)
    assert (refused.value.code, refused.value.status) == ("application-too-large", 413)


def test_what_an_officer_asks_for_finds_room_again() -> None:
    case = application("submitted")
    for hour in range(1, VERSIONS_MOST + 3):
        moment = MONDAY + timedelta(hours=hour)
        asked = completeness.request_documents(case, at(moment), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด").state
        answered = with_documents(asked, "plans", moment=moment + timedelta(minutes=1))
        case = handing_in.submit(answered, at(moment + timedelta(minutes=2)), RULES, TOWN, declared=True).state

    assert len(case.documents["plans"]) > VERSIONS_MOST


@pytest.mark.parametrize(
    ("state", "deed"),
    [("draft", "received"), ("submitted", "received"), ("documents-requested", "requested"), ("accepted", "accepted")],
)
def test_each_document_says_where_it_stands(state: str, deed: str) -> None:
    states = {document.code: state for document, state in list_documents(application(state), HOUSE)}  # type: ignore[arg-type]

    assert states == {"title-deed": deed, "plans": "accepted" if state == "accepted" else "received",
                      "consent": "optional"}  # fmt: skip


def test_a_document_of_a_condition_is_asked_for_only_when_it_holds() -> None:
    def codes(area: str) -> list[str]:
        return [document.code for document in documents.list_missing_documents(draft({"usable_area_m2": area}), HOUSE)]

    assert codes("150") == ["title-deed", "plans"]
    assert codes("150.01") == ["title-deed", "plans", "engineer"]


def test_a_file_keeps_a_name_that_can_stand_in_a_list() -> None:
    assert make_printable("แบบ\u202eบ้าน\n.pdf" + "ก" + "้" * 50) == "แบบบ้าน.pdfก้้้"
    assert len(make_printable("ก" * 500)) == 200
