"""The form as a phone without scripts sends it on a bad network: it comes back filled in, and can always be mended."""

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from PIL import Image

from services.intake.domain.submission import PHOTOS_MOST
from shared.events.ids import new_id
from shared.town.models import Question
from tests.support.intake import REPORT, Intake
from tests.support.uploads import photo

HTML = {"Accept": "text/html"}
FIELDS: dict[str, Any] = {"category": "water-leak", "text": "ท่อแตก", "address": "ซอย 3"}
File = tuple[str, tuple[str, bytes, str]]


def jpeg(number: int = 1, content: bytes | None = None) -> File:
    return "photos", (f"IMG_{number}.jpg", photo(64) if content is None else content, "image/jpeg")


async def sent(service: Intake, *files: File, **fields: Any) -> httpx.Response:
    nothing: File = ("photos", ("", b"", "application/octet-stream"))
    return await service.http.post(
        "/report", data={**FIELDS, **fields}, files=list(files) or [nothing], headers=HTML
    )  # fmt: skip


def hidden(answer: httpx.Response, name: str) -> list[str]:
    """What the form brings along by itself when it is sent again."""
    return re.findall(f'type="hidden" name="{name}" value="([^"]*)"', answer.text)


def wrong(answer: httpx.Response, field: str) -> str:
    """What is said beside a field."""
    found = re.search(f'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    return unescape(re.sub("<.*?>", "", found[1])) if found else ""


async def test_too_many_photos_are_told_how_many_there_may_be(service: Intake) -> None:
    answer = await sent(service, *(jpeg(number) for number in range(PHOTOS_MOST + 2)))
    assert answer.status_code == 422
    assert "ไม่เกิน 5 รูป ขณะนี้เพิ่มได้อีก 5 รูป" in wrong(answer, "photos")
    assert ">ท่อแตก</textarea>" in answer.text
    assert hidden(answer, "kept") == []
    english = await service.http.post(
        "/report?lang=en", data=FIELDS, files=[jpeg(number) for number in range(20)], headers=HTML
    )
    assert "up to 5 photos" in wrong(english, "photos")
    allowed = await sent(service, *(jpeg(number) for number in range(PHOTOS_MOST)))
    assert allowed.status_code == 303


async def test_photos_of_an_earlier_try_count(service: Intake) -> None:
    first = await sent(service, jpeg(1), jpeg(2), jpeg(3), jpeg(4), category="")
    kept = hidden(first, "kept")
    assert len(kept) == 4
    more = await sent(service, jpeg(5), jpeg(6), kept=kept)
    assert "ขณะนี้เพิ่มได้อีก 1 รูป" in wrong(more, "photos")
    assert hidden(more, "kept") == kept
    assert (await sent(service, jpeg(5), kept=kept)).status_code == 303


async def test_programs_are_told_the_number_too(service: Intake) -> None:
    body = {**REPORT, "photos": [f"{number:032x}" for number in range(PHOTOS_MOST + 1)]}
    answer = await service.http.post("/api/v1/reports", json=body, headers={"Accept-Language": "th"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [(one["field"], one["message"]) for one in answer.json()["errors"]] == [
        ("photos", "แนบรูปได้ไม่เกิน 5 รูป"),
    ]  # fmt: skip


async def test_good_photos_stay_when_another_is_broken_and_that_one_is_named(service: Intake) -> None:
    large = io.BytesIO()
    Image.new("1", (9000, 7000)).save(large, "PNG")
    answer = await sent(service, jpeg(1), jpeg(2, photo()[:300]), jpeg(3), jpeg(4, large.getvalue()), category="")
    assert answer.status_code == 422
    assert len(hidden(answer, "kept")) == 2
    assert "รูป IMG_2.jpg ใช้ไม่ได้: ไฟล์รูปเสียหาย" in wrong(answer, "photos")
    assert "รูป IMG_4.jpg ใช้ไม่ได้: รูปมีขนาดพิกเซลใหญ่เกินไป" in wrong(answer, "photos")
    assert 'href="#category"' in answer.text  # all that is wrong at once
    again = await sent(service, kept=hidden(answer, "kept"))
    assert again.status_code == 303


async def test_a_form_that_was_changed_after_it_came_through_can_be_sent_as_another_report(service: Intake) -> None:
    key = new_id()
    assert (await sent(service, key=key)).status_code == 303  # the answer is lost on the way
    answer = await sent(service, key=key, text="ท่อแตก น้ำท่วมแล้ว")
    assert answer.status_code == 422
    assert "เทศบาลได้รับเรื่องจากแบบฟอร์มนี้แล้ว" in wrong(answer, "text")
    assert "Idempotency" not in answer.text
    (fresh,) = hidden(answer, "key")
    assert fresh != key
    assert (await sent(service, key=fresh, text="ท่อแตก น้ำท่วมแล้ว")).status_code == 303
    assert await service.store.reports.collection.count_documents({}) == 2


async def test_a_form_whose_photos_waited_for_too_long_can_be_sent_without_them(service: Intake) -> None:
    answer = await sent(service, kept=["0" * 32])
    assert "กรุณาส่งรูปใหม่" in wrong(answer, "photos")
    assert hidden(answer, "kept") == []
    assert (await sent(service)).status_code == 303


async def test_a_town_may_ask_many_questions(service: Intake) -> None:
    others = {f"answer.other-{number}.size": "" for number in range(200)}
    assert (await sent(service, **others)).status_code == 303


async def test_a_waiting_report_is_the_same_from_a_page_in_the_other_language(service: Intake) -> None:
    plain = {**REPORT, "reporter": None}
    answers = [
        await service.http.post(
            "/api/v1/reports", json=plain, headers={"Idempotency-Key": "of-one-phone", "Accept-Language": language}
        )
        for language in ("th", "en")
    ]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


def ask_for_depth(service: Intake) -> None:
    """From now on the town must know how deep the water is."""
    depth = Question.model_validate(
        {"code": "depth", "label": {"th": "ลึกเท่าไร", "en": "How deep"}, "type": "number", "required": True}
    )
    every = dict(service.desk.town.categories)
    asking = every["water-leak"].model_copy(update={"questions": (*every["water-leak"].questions, depth)})
    service.desk.town.categories["water-leak"] = asking


@pytest.fixture
def _profile_as_before(service: Intake) -> Iterator[None]:
    before = service.desk.town.categories["water-leak"]
    yield
    service.desk.town.categories["water-leak"] = before


@pytest.mark.usefixtures("_profile_as_before")
async def test_what_the_town_must_know_is_asked_for_beside_its_question(service: Intake) -> None:
    ask_for_depth(service)
    name = "answer.water-leak.depth"
    empty = await sent(service, **{"answer.water-leak.flow": "burst"})
    assert empty.status_code == 422
    assert "กรุณาตอบคำถามนี้" in wrong(empty, name)
    assert f'href="#{name}"' in empty.text
    assert 'data-about="water-leak">' in empty.text  # seen also where no script shows it
    knee = await sent(service, **{name: "ถึงเข่า"})
    assert "กรุณากรอกเป็นตัวเลข" in wrong(knee, name)
    assert 'value="ถึงเข่า"' in knee.text
    assert (await sent(service, **{name: "30"})).status_code == 303


@pytest.mark.usefixtures("_profile_as_before")
async def test_programs_are_told_which_answer_is_missing(service: Intake) -> None:
    ask_for_depth(service)
    answer = await service.http.post("/api/v1/reports", json=REPORT, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-answers")
    assert answer.json()["errors"] == [
        {"field": "answers.depth", "code": "required", "message": "Please answer this question"}
    ]
    questions = (await service.http.get("/api/v1/categories")).json()["items"]
    leak = next(one for one in questions if one["code"] == "water-leak")
    assert [one["code"] for one in leak["questions"] if one["required"]] == ["depth"]


@pytest.mark.usefixtures("_profile_as_before")
async def test_a_report_that_was_taken_in_is_not_asked_again(service: Intake) -> None:
    headers = {"Idempotency-Key": "before-the-question"}
    first = await service.http.post("/api/v1/reports", json=REPORT, headers=headers)
    ask_for_depth(service)
    again = await service.http.post("/api/v1/reports", json=REPORT, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_a_question_needs_no_place(service: Intake) -> None:
    nowhere = {
        "category": "other",
        "text": "เทศบาลเปิดรับชำระภาษีวันเสาร์ไหม",
        "latitude": "",
        "longitude": "",
        "address": "",
    }
    asked = await sent(service, **nowhere, **{"kind.other": "question"})
    problem = await sent(service, **nowhere, **{"kind.other": "problem"})

    assert (asked.status_code, problem.status_code) == (303, 422)
    assert "กรุณากรอกที่อยู่หรือจุดสังเกต" in wrong(problem, "address")
    summary = problem.text.partition("data-error-summary")[2].partition("</ul>")[0]
    assert summary.count("ที่อยู่หรือจุดสังเกต") == 1, "the complaint names its field itself"
    assert re.search('<option value="problem" selected>', problem.text)


async def test_what_a_category_leaves_open_is_asked_for_and_not_guessed(service: Intake) -> None:
    answer = await sent(service, category="other", text="ขอบคุณ", address="หน้าวัด")
    assert answer.status_code == 422
    assert "กรุณาเลือกว่าเป็นคำถาม ข้อเสนอแนะ หรือปัญหา" in wrong(answer, "kind.other")
