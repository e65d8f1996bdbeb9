"""An applicant's secret link: renewed, forgotten by a browser, and opened by somebody who is signed in as staff."""

import pytest

from tests.support.permits_running import ORIGIN, Permits

HTML = {"Accept": "text/html", "Origin": ORIGIN}


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
