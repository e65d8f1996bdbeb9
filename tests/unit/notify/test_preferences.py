"""The page that every mail leads to: mute, language, and nothing that opens the case."""

import httpx
import pytest

from shared.secret_links import case_secret
from tests.support.notify_events import Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work


async def test_one_click_mutes_the_case_and_needs_no_browser(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    address = notify.links.preferences(story.case_id, "reporter")
    answer = await client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    await at_work(notify, story.completed())
    fixed = ("onestop.work-order.completed.v1", "reporter")
    assert notify.outcomes()[*fixed, "email"] == ("skipped", "muted")
    assert notify.outcomes()[*fixed, "inbox"] == ("sent", None)


async def test_opening_the_link_changes_nothing(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    answer = await client.get(notify.links.preferences(story.case_id, "reporter"), headers=BROWSER)
    assert "งดรับอีเมลเรื่องนี้" in answer.text
    assert "example.org" not in answer.text
    await at_work(notify, story.completed())
    assert notify.outcomes()["onestop.work-order.completed.v1", "reporter", "email"] == ("sent", None)


@pytest.mark.parametrize("party", ["reporter", "applicant", "follower-1"])
async def test_no_answer_to_a_preferences_link_holds_a_key_to_the_case(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, party: str
) -> None:
    """It stands in headers that mail providers fetch and log."""
    opening = story.applied() if party == "applicant" else story.submitted()
    await at_work(notify, opening, story.followed("follower-1"), story.contact(party))
    address = notify.links.preferences(story.case_id, party)
    acts = [{"action": action} for action in ("mute", "unmute", "language", "erase")]
    answers = [await client.get(address, headers=BROWSER)]
    answers += [await client.post(address, data=act, headers=BROWSER, follow_redirects=True) for act in acts]
    keys = {case_secret(SECRET, story.case_id), case_secret(SECRET, story.case_id, party)}
    for answer in answers:
        assert answer.status_code == 200
        assert not any(key in answer.text + str(answer.headers) for key in keys)


async def test_mail_can_be_stopped_and_wanted_again(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    address = notify.links.preferences(story.case_id, "reporter")
    for action in ("mute", "unmute"):
        answer = await client.post(address, data={"action": action}, headers=BROWSER)
        assert answer.headers["location"].endswith(f"?done={action}d")
    await at_work(notify, story.completed())
    assert notify.outcomes()["onestop.work-order.completed.v1", "reporter", "email"] == ("sent", None)


async def test_the_chosen_language_is_written_in(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    address = notify.links.preferences(story.case_id, "reporter")
    await client.post(address, data={"action": "language", "language": "en"}, headers=BROWSER)
    await at_work(notify, story.completed())
    subjects = [mail["Subject"] for mail in notify.email.taken]
    assert f"Report {REFERENCE} is fixed" in subjects


@pytest.mark.parametrize("token", ["x", "a.b.c", f"{'0' * 26}.{case_secret(SECRET, '0' * 26)}.reporter"])
async def test_a_token_that_is_not_ours_opens_nothing(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.get(f"/preferences/{token}")).status_code == 404
    assert (await client.post(f"/preferences/{token}", data={"action": "mute"})).status_code == 404


async def test_the_token_of_one_party_is_not_another_ones(
    notify: NotifyInMemory, story: Story, client: httpx.AsyncClient
) -> None:
    token = notify.links.token("preferences", story.case_id, "reporter").replace(".reporter", ".follower-1")
    assert (await client.get(f"/preferences/{token}")).status_code == 404


@pytest.mark.parametrize("number", ["1", "-1", "x", "", "๐", "9" * 5000])
async def test_the_token_of_one_link_is_not_that_of_a_later_one(
    notify: NotifyInMemory, story: Story, client: httpx.AsyncClient, number: str
) -> None:
    token = notify.links.token("preferences", story.case_id, "reporter").replace(".0.", f".{number}.")
    assert (await client.get(f"/preferences/{token}")).status_code == 404
