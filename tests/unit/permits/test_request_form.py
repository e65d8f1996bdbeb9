"""The law's request form, filled in: what it says, and what is left to be written by hand."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from services.permits import request_form
from services.permits.domain.application import Applicant, Application
from services.permits.domain.rules import rules_of
from services.permits.domain.signed_request import mark_of
from shared.kernel import Reject
from shared.town import Town, load_town
from tests.support.permits import HOUSE, MONDAY, TOWN, draft, with_documents

MAEHIA = load_town(Path("deploy/municipalities/maehia"))
NONG_BUA_NOI = load_town(Path("deploy/municipalities/nong-bua-noi"))
TYPES = [(town, code) for town in (MAEHIA, NONG_BUA_NOI) for code in town.permits]


def told(town: Town, code: str, **form: str) -> dict[str, Any]:
    """What the form of that type says of this."""
    permit = rules_of(town, code).permit
    assert permit.request_form is not None
    written = draft().model_copy(update={"form": form})
    return request_form.compose(written, permit, permit.request_form, town, MONDAY)


def words(said: dict[str, Any]) -> list[str]:
    """Each clause as one reads it; `…` where there is a line to write on."""
    return ["".join(run.get("text", "…") for run in clause) for clause in said["clauses"]]


def test_it_says_what_was_written_with_its_unit_and_leaves_the_rest_to_the_pen() -> None:
    said = told(MAEHIA, "house-new", storeys="1", use="house", deed_number="48213", applicant_kind="person")

    assert said["code"] == "แบบ ข.1"
    assert any("ข้าพเจ้า สมชาย โทรศัพท์ … อีเมล a@example.org" in clause for clause in words(said))
    assert any("เป็นอาคารจำนวน 1 ชั้น สูง … เพื่อใช้เป็น บ้านพักอาศัย" in clause for clause in words(said))
    assert any(clause.startswith("ข้อ 1 ทำการก่อสร้างบ้านพักอาศัย ที่ 99/4 หมู่ 3 ตำบลแม่เหียะ") for clause in words(said))
    assert "เป็นบุคคลธรรมดา เลขประจำตัวประชาชน …" in words(said)


def test_a_clause_stands_only_where_it_is_meant() -> None:
    alone = words(told(MAEHIA, "house-new", applicant_kind="person", owns_land="yes"))
    company = words(told(MAEHIA, "house-new", applicant_kind="company", company_number="0505560001234", owns_land="no"))

    assert not any("มอบอำนาจ" in clause or "ผู้ออกแบบ" in clause for clause in alone)
    assert "เป็นที่ดินของผู้ขออนุญาต" in alone
    assert any("เลขทะเบียน 0505560001234" in clause for clause in company)
    assert any("ซึ่งให้ความยินยอม" in clause for clause in company)


def test_everybody_who_asks_has_a_line_to_sign_on() -> None:
    said = told(MAEHIA, "house-new", has_co_applicants="yes", co_applicants="ก้อย ใจดี\nต้อม ใจเย็น", has_agent="yes")

    assert said["signers"][:3] == ["ผู้ขออนุญาต (สมชาย)", "ผู้ขออนุญาตร่วม (ก้อย ใจดี)", "ผู้ขออนุญาตร่วม (ต้อม ใจเย็น)"]
    assert said["signers"][3].startswith("ผู้รับมอบอำนาจ (....")


def test_a_day_is_written_in_the_buddhist_year() -> None:
    said = told(MAEHIA, "demolition", start_date=date(2026, 12, 20).isoformat())

    assert any("20 ธันวาคม 2569" in clause for clause in words(said))


def test_its_papers_are_those_of_this_form_and_ticked_when_they_are_there() -> None:
    permit = rules_of(MAEHIA, "house-new").permit
    assert permit.request_form is not None
    written = with_documents(draft({"owns_land": "no"}), "title-deed")
    _, papers = request_form.compose(written, permit, permit.request_form, MAEHIA, MONDAY)["papers"]

    there = {paper["name"]: paper["there"] for paper in papers}
    assert there["สำเนาโฉนดที่ดินทุกหน้า (ขนาดเท่าต้นฉบับ)"]
    assert there["หนังสือยินยอมของเจ้าของที่ดิน"] is False
    assert not any("แบบคำขอ" in name for name in there)


@pytest.mark.parametrize(("town", "code"), TYPES, ids=lambda one: one if isinstance(one, str) else one.code)
async def test_every_type_of_both_towns_prints(town: Town, code: str) -> None:
    pdf = await request_form.make(draft(), rules_of(town, code).permit, town, MONDAY)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) >= 1


async def test_what_an_applicant_wrote_stays_text() -> None:
    applicant = Applicant(name='#panic("x") $ \\ "]', email="a@example.org")
    permit = rules_of(MAEHIA, "house-new").permit

    assert await request_form.make(draft().model_copy(update={"applicant": applicant}), permit, MAEHIA, MONDAY)


async def test_a_type_without_such_a_form_says_so() -> None:
    with pytest.raises(Reject) as refused:
        await request_form.make(draft(), HOUSE, TOWN, MONDAY)
    assert (refused.value.code, refused.value.status) == ("no-request-form", 404)


def corrected(application: Application) -> list[Application]:
    """The same with one thing written otherwise."""
    who, where = application.applicant, application.location
    applicants = [who.model_copy(update={name: "0"}) for name in ("name", "phone", "email", "address")]
    return [
        application.model_copy(update={"form": {**application.form, "storeys": "2"}}),
        application.model_copy(update={"type": "fence"}),
        *(application.model_copy(update={"applicant": one}) for one in applicants),
        application.model_copy(update={"location": where.model_copy(update={"address": "1"})}),
    ]


def test_the_mark_of_the_printed_form_changes_with_the_answers_and_with_nothing_else() -> None:
    printed = draft()

    assert mark_of(with_documents(printed, "title-deed")) == mark_of(printed)
    assert len({mark_of(one) for one in [printed, *corrected(printed)]}) == 8
