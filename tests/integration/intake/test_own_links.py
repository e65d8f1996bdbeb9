"""The private links of a reporter and of followers: what they open, where they are kept, and how one is replaced."""

import pytest

from tests.support.intake import ORIGIN, Intake
from tests.support.tracking import HTML, shown


@pytest.mark.parametrize("cut", ["", "bad", "x" * 22])
async def test_a_secret_that_opens_nothing_is_said(service: Intake, cut: str) -> None:
    made = await service.report()
    lost = "ลิงก์ส่วนตัวไม่ถูกต้องหรือไม่ครบ"
    assert lost in await shown(service, made, mine=False, secret=cut)
    assert lost in await shown(service, made, mine=False, secret=made["secret"][:-1], party="follower-x")
    assert lost not in await shown(service, made, mine=False)
    assert lost not in await shown(service, made)


async def test_the_inbox_opens_by_the_same_secret(service: Intake) -> None:
    made = await service.report()
    inbox = f'href="/inbox?reference={made["reference"]}"'
    assert inbox in await shown(service, made)
    assert inbox not in await shown(service, made, mine=False)
    follow = f"/track/{made['reference']}/follow"
    followed = await service.http.post(follow, data={"email": "f@example.org"}, headers=HTML, follow_redirects=True)
    assert inbox in followed.text


async def test_the_secret_stands_in_the_address_of_the_first_visit_only(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    first = await service.http.get(url, params={"secret": made["secret"], "before": "0"}, headers=HTML)
    assert (first.status_code, first.headers["location"]) == (303, f"{url}?before=0&by=link")
    assert first.headers["referrer-policy"] == "no-referrer"
    page = (await service.http.get(url, headers=HTML)).text
    assert 'id="withdraw"' in page or "quiet-action" in page
    own = f"{ORIGIN}/track/{made['reference']}?secret={made['secret']}"
    assert page.count(made["secret"]) == page.count(own) == 2, "only where it is to be kept, and to be copied"
    assert (await service.http.get(f"/api/v1/reports/{made['reference']}")).json()["answers"], (
        "programs of the page too"
    )
    gone = await service.http.post(f"{url}/close-here", headers=HTML, follow_redirects=True)
    assert "ลบลิงก์ส่วนตัวออกจากเครื่องนี้แล้ว" in gone.text
    assert "quiet-action" not in gone.text


async def test_a_browser_that_keeps_no_cookies_is_told_so(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    moved = (await service.http.get(url, params={"secret": made["secret"]}, headers=HTML)).headers["location"]
    service.http.cookies.clear()
    assert "โปรดอนุญาตให้เว็บไซต์นี้ใช้คุกกี้" in (await service.http.get(moved, headers=HTML)).text
    assert "โปรดอนุญาตให้เว็บไซต์นี้ใช้คุกกี้" not in (await service.http.get(url, headers=HTML)).text


async def test_an_address_that_follows_already_is_not_given_the_link_again(service: Intake) -> None:
    """Whoever asks may be somebody else who knows the address: the link is in the mail that was sent there."""
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/follow"
    first = (await service.http.post(url, json={"email": "mali@example.com"})).json()
    again = (await service.http.post(url, json={"email": "Mali@Example.com,"})).json()
    assert first["secret"]
    assert again == {"party": first["party"], "secret": None, "followers": 1}
    page = f"/track/{made['reference']}/follow"
    told = await service.http.post(page, data={"email": "mali@example.com"}, headers=HTML, follow_redirects=True)
    assert "อีเมลนี้ติดตามเรื่องนี้อยู่แล้ว" in told.text
    assert (await service.http.delete(url, params={"party": first["party"], "secret": first["secret"]})).is_success
    back = (await service.http.post(url, json={"email": "mali@example.com"})).json()
    assert back["party"] != first["party"], "who left and comes back is somebody new"
    assert (back["followers"], bool(back["secret"])) == (1, True)


async def test_one_key_with_two_addresses_is_two_requests(service: Intake) -> None:
    made = await service.report()
    url, key = f"/api/v1/reports/{made['reference']}/follow", {"Idempotency-Key": "the-same-key-of-a-program"}
    one = (await service.http.post(url, json={"email": "one@example.com"}, headers=key)).json()
    two = (await service.http.post(url, json={"email": "two@example.com"}, headers=key)).json()
    again = (await service.http.post(url, json={"email": "one@example.com"}, headers=key)).json()
    assert one["party"] != two["party"]
    assert (again["party"], again["secret"]) == (one["party"], one["secret"])
    assert again["followers"] == 2


async def test_a_link_that_leaked_is_replaced_and_opens_nothing_any_more(service: Intake) -> None:
    made = await service.report()
    url, api = f"/track/{made['reference']}", f"/api/v1/reports/{made['reference']}"
    leaked = {"X-Report-Secret": made["secret"]}
    await shown(service, made)
    renewed = await service.http.post(f"{url}/renew-link", headers=HTML, follow_redirects=True)
    assert "สร้างลิงก์ใหม่แล้ว" in renewed.text
    assert "quiet-action" in renewed.text, "this browser goes on with the new link"
    assert made["secret"] not in renewed.text
    service.http.cookies.clear()
    assert (await service.http.post(f"{api}/withdraw", json={}, headers=leaked)).status_code == 403
    assert (await service.http.post(f"{api}/link", headers=leaked)).status_code == 403
    assert "onestop.report.link-renewed.v1" in [kind for _, kind in await service.outbox(made["id"])]


async def test_a_program_gets_the_new_link_and_a_repeat_the_same(service: Intake) -> None:
    made = await service.report()
    api, key = f"/api/v1/reports/{made['reference']}", {"Idempotency-Key": "renew-it-only-once-please"}
    first = await service.http.post(f"{api}/link", headers=key | {"X-Report-Secret": made["secret"]})
    secret = first.json()["secret"]
    assert first.json()["tracking_url"] == f"{ORIGIN}/track/{made['reference']}?secret={secret}"
    assert (await service.seen({**made, "secret": secret}, secret=True))["answers"]
    assert (await service.seen(made, secret=True))["answers"] is None


async def test_who_repeats_what_sent_a_report_is_told_no_later_secret_of_it(service: Intake) -> None:
    made = await service.report("the-key-of-a-helper")
    assert await service.report("the-key-of-a-helper") == made, "an answer that was lost is had again"
    own = {"X-Report-Secret": made["secret"]}
    renewed = await service.http.post(f"/api/v1/reports/{made['reference']}/link", headers=own)

    again = await service.report("the-key-of-a-helper")

    assert again == made
    assert renewed.json()["secret"] not in str(again)
    assert (await service.seen(again, secret=True))["answers"] is None


@pytest.mark.parametrize("renewed", [False, True])
async def test_a_form_that_is_sent_again_leads_to_its_report_until_the_link_is_another(
    service: Intake, renewed: bool
) -> None:
    form = {"category": "water-leak", "text": "ท่อแตก", "address": "หน้าตลาด", "answer.water-leak.flow": "burst",
            "key": "of-this-form"}  # fmt: skip
    first = await service.http.post("/report", data=form, headers=HTML, follow_redirects=True)
    reference = first.url.path.rpartition("/")[2]
    if renewed:
        assert (await service.http.post(f"/track/{reference}/renew-link", headers=HTML)).status_code == 303
    kept = {one.name: one.value for one in service.http.cookies.jar}

    again = await service.http.post("/report", data=form, headers=HTML, follow_redirects=True)
    assert again.url.path == (f"/track/{reference}" if renewed else f"/report/done/{reference}")
    assert "quiet-action" in again.text or not renewed
    assert {one.name: one.value for one in service.http.cookies.jar} == kept, "a browser that has the new link keeps it"
    service.http.cookies.clear()
    stranger = await service.http.post("/report", data=form, headers=HTML, follow_redirects=True)
    assert ("secret=" in str(stranger.url)) != renewed
