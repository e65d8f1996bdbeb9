"""How an applicant can be reached: asked for, kept, and told to notify; a consent is only ever given, never assumed."""

import json
from typing import Any
from urllib.parse import urlsplit

from services.permits.domain.application import Application
from tests.integration.permits.test_pages import HTML, fill_in
from tests.support.forms import Form
from tests.support.permits_running import DOCUMENTS, Permits


async def contact_for_notify(service: Permits, made: dict[str, str]) -> dict[str, Any]:
    """What notify is told of how to reach the applicant."""
    document = await service.store.applications.collection.find_one({"_id": made["id"]})
    assert document is not None
    messages = [message for entry in document["outbox"] for message in entry["messages"]]
    (contact,) = (value for topic, _key, value in messages if topic == "private.contacts.v1")
    said: dict[str, Any] = json.loads(contact)
    return said


async def test_consent_is_never_assumed_and_kept_when_it_is_given(service: Permits) -> None:
    silent = await service.brought_to("submitted")
    agreed = await service.open(applicant={"name": "นางสมใจ", "phone": "0812345678", "consent": True})
    for requirement in DOCUMENTS:
        await service.upload(agreed, requirement)
    await service.act(agreed, "submit")

    assert (await contact_for_notify(service, silent))["consent"] is False
    assert (await contact_for_notify(service, agreed))["consent"] is True


async def test_the_page_asks_for_no_consent_and_says_what_a_contact_is_for(service: Permits) -> None:
    fresh = await service.http.get("/permits/new/house-new", headers=HTML)
    opened = await fill_in(service, consent="yes")  # of no page of ours

    assert "consent" not in Form(fresh.text, "/permits/new/house-new").values
    assert "ตามหน้าที่ของเทศบาลเท่านั้น ไม่ใช้ติดต่อเรื่องอื่น" in fresh.text
    case = await service.store.find_by_reference(urlsplit(opened.headers["location"]).path.removeprefix("/permits/"))
    assert case is not None
    assert case.state.applicant.consent is False


async def test_editing_on_the_page_keeps_what_the_page_does_not_show(service: Permits) -> None:
    location = {"latitude": 18.745, "longitude": 98.955, "accuracy_m": 7.5}
    applicant = {"name": "นายสมชาย น้ำใจดี", "phone": "0812345678", "line_id": "U-somchai", "language": "en",
                 "consent": True}  # fmt: skip
    made = await service.open(location=location, applicant=applicant)
    path = f"/permits/{made['reference']}"
    await service.http.get(path, params={"secret": made["secret"]}, headers=HTML)
    page = await service.http.get(f"{path}/edit", headers={**HTML, "Accept-Language": "th"})
    form = Form(page.text, "/edit").fill("โทรศัพท์", "").fill("อีเมล", "somchai@example.org")

    saved = await service.http.post(form.action, data=form.values, headers={**HTML, "Accept-Language": "th"})

    assert saved.status_code == 303, saved.text
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    kept = {
        "name": "นายสมชาย น้ำใจดี",
        "phone": None,
        "email": "somchai@example.org",
        "line_id": "U-somchai",
        "address": None,
    }
    assert case.state.applicant.model_dump() == {**kept, "language": "en", "consent": True}
    assert case.state.location.accuracy_m == 7.5


async def test_who_has_the_form_open_twice_is_told_before_the_older_page_takes_the_place_of_the_newer(
    service: Permits,
) -> None:
    """An applicant and their draftsman have the same link; the second to save took the other's answers back."""
    made = await service.open()
    path = f"/permits/{made['reference']}"
    await service.http.get(path, params={"secret": made["secret"]}, headers=HTML)
    thai = {**HTML, "Accept-Language": "th"}
    first, second = [Form((await service.http.get(f"{path}/edit", headers=thai)).text, "/edit") for _ in range(2)]
    first.fill("ชื่อและนามสกุล", "นางสาวบุญมา ใจดี")
    was = (await known(service, made)).applicant.phone
    second.fill("โทรศัพท์", "053 123 456")

    assert (await service.http.post(first.action, data=first.values, headers=thai)).status_code == 303
    told = await service.http.post(second.action, data=second.values, headers=thai)

    assert told.status_code == 409
    assert "ถูกแก้ไขจากที่อื่น" in told.text
    kept = (await known(service, made)).applicant
    assert (kept.name, kept.phone) == ("นางสาวบุญมา ใจดี", was)
    again = Form(told.text, "/edit")
    assert again.values["phone"] == "053 123 456"
    assert (await service.http.post(again.action, data=again.values, headers=thai)).status_code == 303
    assert (await known(service, made)).applicant.phone == again.values["phone"]


async def known(service: Permits, made: dict[str, str]) -> Application:
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    return case.state
