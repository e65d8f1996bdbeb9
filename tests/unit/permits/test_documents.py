"""What is handed in is judged by its bytes, and every version is kept."""

from datetime import timedelta

import pytest

from services.permits.domain import documents
from services.permits.domain.documents import MEGABYTE, check_file, requirement, wanted
from shared.kernel import Reject
from tests.support.permits import HOUSE, MONDAY, application, draft, with_documents

DEED, PLANS = requirement(HOUSE, "title-deed"), requirement(HOUSE, "plans")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7 ...", "application/pdf"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (PNG, "image/png")],
)
def test_the_kind_is_what_the_bytes_say(content: bytes, kind: str) -> None:
    assert check_file(DEED, content) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"<html>", "wrong-file-type"),
        (b"MZ\x90\x00", "wrong-file-type"),
        (PNG, "wrong-file-type"),  # plans are taken as PDF only
        (b"%PDF-" + b"\x00" * MEGABYTE, "file-too-large"),
    ],
)
def test_what_it_does_not_take_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Reject) as refused:
        check_file(PLANS, content)

    assert refused.value.code == code


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    assert check_file(PLANS, b"%PDF-" + b"\x00" * (MEGABYTE - 5)) == "application/pdf"


def test_a_requirement_the_type_does_not_have_is_unknown() -> None:
    with pytest.raises(Reject) as refused:
        requirement(HOUSE, "passport")

    assert refused.value.status == 404


def test_a_replaced_document_stays_in_the_history() -> None:
    case = with_documents(with_documents(draft(), "plans"), "plans", moment=MONDAY + timedelta(hours=1))

    assert [upload.at for upload in case.documents["plans"]] == [MONDAY, MONDAY + timedelta(hours=1)]
    assert [entry.type for entry in case.timeline] == ["document-received", "document-replaced"]


@pytest.mark.parametrize(
    ("state", "deed"),
    [("draft", "received"), ("submitted", "received"), ("documents-requested", "requested"), ("accepted", "accepted")],
)
def test_each_document_says_where_it_stands(state: str, deed: str) -> None:
    states = {document.code: state for document, state in wanted(application(state), HOUSE)}  # type: ignore[arg-type]

    assert states == {"title-deed": deed, "plans": "accepted" if state == "accepted" else "received",
                      "consent": "optional"}  # fmt: skip


def test_a_document_of_a_condition_is_asked_for_only_when_it_holds() -> None:
    def codes(area: str) -> list[str]:
        return [document.code for document in documents.missing_documents(draft({"usable_area_m2": area}), HOUSE)]

    assert codes("150") == ["title-deed", "plans"]
    assert codes("150.01") == ["title-deed", "plans", "engineer"]
