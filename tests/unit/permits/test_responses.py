"""Ready-made words to applicants: those that fit, filled with what the application says, in either language."""

from pathlib import Path

import pytest
from starlette.datastructures import FormData

from services.permits.pages.forms import read_findings
from services.permits.pages.responses import choose_response, responses_for
from shared.town import load_town
from shared.town.models import Text, Town
from shared.town.responses import Response
from tests.support.permits import application

MAEHIA = load_town(Path("deploy/municipalities/maehia"))


def ready(code: str, act: str, thai: str, **more: object) -> Response:
    """One whose English is the same with a mark before it."""
    words = Text(th=thai, en=f"en: {thai}")
    return Response.model_validate({"code": code, "title": words, "acts": [act], "text": words, **more})


def town(*responses: Response) -> Town:
    return MAEHIA.model_copy(update={"responses": responses})


def test_it_is_filled_with_what_the_application_says_in_both_languages() -> None:
    case = application("accepted")
    told = ready("due", "message", "{reference} {permit_type} ภายใน {due_at}")

    thai, english = responses_for(town(told), case, "message", "en")

    assert (thai.code, thai.language, english.code) == ("due.th", "th", "due.en")
    assert thai.title == english.title == "en: {reference} {permit_type} ภายใน {due_at}"
    assert thai.text.startswith(f"{case.reference} ก่อสร้างบ้าน")
    assert "2026" in english.text


def test_a_line_about_a_due_time_is_left_out_while_no_clock_runs() -> None:
    told = ready("due", "message", "รับเรื่องแล้ว\nภายใน {due_at}")

    assert responses_for(town(told), application("submitted"), "message", "th")[0].text == "รับเรื่องแล้ว"


@pytest.mark.parametrize(("permits", "offered"), [((), True), (("house-new",), True), (("fence",), False)])
def test_it_is_offered_with_its_act_on_its_permit_types_alone(permits: tuple[str, ...], offered: bool) -> None:
    one = ready("more", "request", "ขาดเอกสาร", permits=permits)

    assert bool(responses_for(town(one), application("submitted"), "request", "th")) is offered
    assert responses_for(town(one), application("submitted"), "message", "th") == []


def test_a_word_about_reports_is_not_offered_at_the_permit_desk() -> None:
    one = ready("thanks", "reply", "ขอบคุณ")

    assert not any(responses_for(town(one), application("submitted"), act, "th") for act in ("message", "request"))


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ({"text": "", "response": "more.th"}, "ขาดเอกสาร"),
        ({"text": " \n", "response": "more.en"}, "en: ขาดเอกสาร"),
        ({"text": "เขียนเอง", "response": "more.th"}, "เขียนเอง"),
        ({"text": "", "response": "other.th"}, ""),
        ({"text": ""}, ""),
    ],
)
def test_without_a_script_the_chosen_words_are_taken_where_nothing_was_written(
    sent: dict[str, str], taken: str
) -> None:
    offered = responses_for(town(ready("more", "request", "ขาดเอกสาร")), application("submitted"), "request", "th")

    assert choose_response(FormData(sent), "text", offered) == taken


def test_each_document_has_a_choice_of_its_own() -> None:
    offered = responses_for(town(ready("dim", "finding", "ไม่ชัด")), application("submitted"), "finding", "th")
    sent = FormData({
        "verdict-plans": "replace", "reason-plans": "", "response-plans": "dim.th",
        "verdict-title-deed": "replace", "reason-title-deed": "ขาดหน้า 2", "response-title-deed": "dim.th",
    })  # fmt: skip

    found = read_findings(sent, lambda code: choose_response(sent, f"reason-{code}", offered, f"response-{code}"))

    assert {one["requirement"]: one["reason"] for one in found} == {"plans": "ไม่ชัด", "title-deed": "ขาดหน้า 2"}
