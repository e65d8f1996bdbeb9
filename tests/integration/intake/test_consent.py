"""Who leaves a contact in the form is told of progress only by a tick of their own; a program says so when it sends."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.support.forms import Form
from tests.support.intake import Intake
from tests.support.tracking import HTML

WRITTEN = {"category": "road-damage", "text": "ถนนเป็นหลุม", "address": "หน้าวัด"}


async def sent(service: Intake, **fields: str) -> httpx.Response:
    return await service.http.post("/report", data={**WRITTEN, **fields}, headers=HTML)


def box(page: str) -> str:
    """The element itself."""
    (found,) = re.findall(r'<input id="consent"[^>]*>', page)
    return str(found)


async def consents(service: Intake) -> list[bool]:
    """What notify is told of each contact."""
    documents = await service.store.reports.collection.find({}).to_list()
    messages = [message for one in documents for entry in one["outbox"] for message in entry["messages"]]
    return [json.loads(value)["consent"] for topic, _key, value in messages if topic == "private.contacts.v1"]


@pytest.mark.parametrize(
    ("language", "label"),
    [("th", "แจ้งความคืบหน้าของเรื่องนี้ทางอีเมลข้างต้น"), ("en", "Tell me about progress at this e-mail address")],
    ids=["th", "en"],
)
async def test_the_box_is_empty_and_says_what_the_address_is_for_without_it(
    service: Intake, language: str, label: str
) -> None:
    form = (await service.http.get("/report", params={"lang": language}, headers=HTML)).text
    assert " checked" not in box(form)
    assert 'aria-describedby="consent-help"' in box(form)
    assert label in form
    assert "consent" not in Form(form, "/report").values, "a browser sends nothing of it"


async def test_notify_hears_what_was_ticked_and_what_was_not(service: Intake) -> None:
    for fields in (
        {"email": "som@example.com", "consent": "yes"},
        {"email": "som@example.com"},
        {"phone": "0812345678"},
    ):
        assert (await sent(service, **fields)).status_code == 303
    assert await consents(service) == [True, False, False]


async def test_a_tick_without_an_address_is_refused_beside_it_and_stays(service: Intake) -> None:
    answer = await sent(service, consent="yes", phone="0812345678", email=" ")
    assert answer.status_code == 422
    assert "กรุณากรอกอีเมลที่จะให้แจ้งความคืบหน้า" in answer.text.partition('id="email-error"')[2][:600]
    assert " checked" in box(answer.text)
    english = await service.http.post(
        "/report", params={"lang": "en"}, data={**WRITTEN, "consent": "yes"}, headers=HTML
    )
    assert "Please write the e-mail address to tell you at" in english.text


async def test_another_mistake_takes_no_tick_away(service: Intake) -> None:
    mistaken: dict[str, Any] = {"text": "", "email": "som@example.com"}
    assert " checked" in box((await sent(service, **mistaken, consent="yes")).text)
    assert " checked" not in box((await sent(service, **mistaken)).text)


@pytest.mark.parametrize(("said", "consent"), [({}, True), ({"consent": True}, True), ({"consent": False}, False)])
async def test_a_program_that_gives_a_contact_means_it_to_be_told_unless_it_says_no(
    service: Intake, said: dict[str, bool], consent: bool
) -> None:
    await service.report(reporter={"email": "som@example.com", **said})
    assert await consents(service) == [consent]
