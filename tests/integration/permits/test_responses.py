"""The town's ready-made words at the permit desk, as a browser without scripts sends them."""

from tests.support.permits_running import Permits


async def test_chosen_words_reach_the_applicant_in_their_language(service: Permits) -> None:
    made = await service.brought_to("submitted")
    desk, officer = f"/permits/desk/{made['reference']}", service.staff("officer")
    page = (await service.http.get(desk, headers=officer)).text
    for field in ("response-message", "response-note", "response-reason-plans"):
        assert f'id="{field}"' in page

    chosen = {"text": "", "response": "permit-at-the-counter.en"}
    sent = await service.http.post(f"{desk}/messages", data=chosen, headers=officer)
    found = {"verdict-plans": "replace", "reason-plans": "", "response-plans": "finding-unreadable.th", "save": "1"}
    noted = await service.http.post(f"{desk}/findings", data=found, headers=officer)
    asked = {"requirement": ["plans"], "note": "", "response": "permit-more-documents.th"}
    requested = await service.http.post(f"{desk}/request-documents", data=asked, headers=officer)

    assert [one.status_code for one in (sent, noted, requested)] == [303] * 3
    seen = await service.seen(made)
    message, request = (line["text"] for line in seen["thread"])
    assert message.startswith("Please come to Building control and town planning at Mae Hia Town Municipality")
    assert made["reference"] in request
    assert seen["request"]["note"] == request
    plans = next(one for one in seen["documents"] if one["requirement"] == "plans")
    assert plans["finding"]["reason"].startswith("อ่านไม่ชัด")


async def test_words_of_another_act_are_not_taken(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path, officer = f"/permits/desk/{made['reference']}/messages", service.staff("officer")
    refused = await service.http.post(path, data={"text": "", "response": "not-our-area.th"}, headers=officer)

    assert refused.status_code == 422
    assert (await service.seen(made))["thread"] == []
