"""An applicant's secret link: renewed, forgotten by a browser, and opened by somebody who is signed in as staff."""

import logging

import pytest

from tests.integration.permits.test_pages import HTML, fill_in
from tests.support.permits_running import ORIGIN, Permits


@pytest.mark.parametrize("state", ["draft", "submitted"])
async def test_a_link_that_leaked_is_replaced_and_opens_nothing_any_more(service: Permits, state: str) -> None:
    made = await service.brought_to(state)
    path, leaked = f"/permits/{made['reference']}", {"secret": made["secret"]}
    await service.http.get(path, params=leaked, headers=HTML)
    renewed = await service.http.post(f"{path}/renew-link", headers=HTML, follow_redirects=True)
    assert renewed.status_code == 200
    assert made["secret"] not in renewed.text
    service.http.cookies.clear()
    opened = await service.http.get(f"/api/v1/applications/{made['reference']}", params=leaked)
    assert opened.status_code == (404 if state == "draft" else 200)
    assert "form" not in opened.json()


async def test_the_link_can_be_forgotten_on_a_shared_device(service: Permits) -> None:
    made = await service.brought_to("draft")
    path = f"/permits/{made['reference']}"
    await service.http.get(path, params={"secret": made["secret"]}, headers=HTML)
    assert (await service.http.get(path, headers=HTML)).status_code == 200
    await service.http.post(f"{path}/close-here", headers=HTML)
    assert (await service.http.get(path, headers=HTML)).status_code == 404


async def test_a_program_gets_the_new_link_and_a_repeat_the_same(service: Permits) -> None:
    made = await service.brought_to("submitted")
    api, key = f"/api/v1/applications/{made['reference']}", {"Idempotency-Key": "renew-it-only-once-please"}
    first = await service.http.post(f"{api}/link", headers=key, params={"secret": made["secret"]})
    renewed = {**made, "secret": first.json()["secret"]}
    assert first.json()["tracking_url"] == f"{ORIGIN}/permits/{made['reference']}?secret={renewed['secret']}"
    again = await service.http.post(f"{api}/link", headers=key, params={"secret": renewed["secret"]})

    assert again.json() == first.json()
    assert "form" in await service.seen(renewed)
    assert "form" not in await service.seen(made)
    assert "permit.link-renewed.v1" in await service.outbox(made["id"])


async def test_who_repeats_what_opened_a_permit_is_told_no_secret_of_whoever_holds_it_now(service: Permits) -> None:
    made = await service.brought_to("decided", "the-key-of-the-seller")
    assert await service.open("the-key-of-the-seller") == made, "an answer that was lost is had again"
    assert "form" in await service.seen(made)
    heir = {"holder": {"name": "นางสาวสมศรี มีสุข", "phone": "081-234 5678"}}
    assert (await service.act(made, "transfer", service.staff("signatory"), heir)).status_code == 200

    again = await service.open("the-key-of-the-seller")

    assert again == made
    assert "form" not in await service.seen(again)


@pytest.mark.parametrize("renewed", [False, True])
async def test_a_form_that_is_sent_again_opens_its_draft_until_the_link_is_another(
    service: Permits, renewed: bool
) -> None:
    first = await fill_in(service, key="of-this-form")
    reference = first.headers["location"].partition("?")[0].rpartition("/")[2]
    if renewed:
        assert (await service.http.post(f"/permits/{reference}/renew-link", headers=HTML)).status_code == 303
    kept = {one.name: one.value for one in service.http.cookies.jar}

    again = await fill_in(service, key="of-this-form")
    assert again.headers["location"].startswith(f"/permits/{reference}")
    assert {one.name: one.value for one in service.http.cookies.jar} == kept, "a browser that has the new link keeps it"
    service.http.cookies.clear()
    elsewhere = (await fill_in(service, key="of-this-form")).headers["location"]
    assert (await service.http.get(elsewhere, headers=HTML)).status_code == (404 if renewed else 200)


async def test_a_link_opened_here_makes_no_applicant_of_an_officer_but_on_the_applicant_s_pages(
    service: Permits, caplog: pytest.LogCaptureFixture
) -> None:
    made = await service.brought_to("submitted")
    page, api = f"/permits/{made['reference']}", f"/api/v1/applications/{made['reference']}"
    officer = service.staff("officer")
    await service.http.get(page, params={"secret": made["secret"]}, headers={**HTML, **officer})
    kept = "; ".join(f"{one.name}={one.value}" for one in service.http.cookies.jar)
    both = {"Cookie": f"{officer['Cookie']}; {kept}", "Origin": ORIGIN}

    with caplog.at_level(logging.INFO, logger="security"):
        read = await service.http.get(f"{api}/documents/plans", headers=both)
    assert read.status_code == 200
    assert "document-read" in [record.msg for record in caplog.records if record.name == "security"]
    assert (await service.http.post(f"{api}/link", headers=both)).status_code == 403
    assert f"{page}/withdraw" in (await service.http.get(page, headers={**HTML, **both})).text
    shown = await service.http.post(f"{api}/link", headers=both, params={"secret": made["secret"]})
    assert shown.status_code == 200
