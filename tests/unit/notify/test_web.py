"""Inbox, preferences and the list of deliveries over HTTP, with the real app on a store in memory."""

import httpx
import pytest

from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from shared.events.permits import PermitAccepted
from shared.references import make_reference
from shared.secret_links import case_secret
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work
from tests.support.notify_pages import inbox_link, open_inbox, staff
from tests.support.oidc import FakeIssuer

CASES = {"water": "2", "welfare": "3", "permit": "4"}
BUILDING = {"team": "works-building", "permit_type": "house-new"}
ACCEPTED = {**BUILDING, "lane": "fast", "due_at": BEGAN, "conditions": []}


async def test_the_secret_link_opens_the_citizens_inbox(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact(), story.created())
    answer = await open_inbox(client, story, "reporter")
    assert answer.status_code == 200
    assert f"ได้รับเรื่องของท่านแล้ว เลขที่ {REFERENCE}" in answer.text
    assert "อีเมล · ส่งแล้ว" in answer.text
    assert "งานใหม่" not in answer.text, "what the team is told is not the citizen's"
    assert "example.org" not in answer.text


async def test_the_secret_stands_in_the_address_of_the_first_visit_only(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    first = await client.get(inbox_link(story, "reporter"), headers=BROWSER)
    secret = case_secret(SECRET, story.case_id)
    assert first.status_code == 303
    assert secret not in first.headers["location"]
    kept = first.headers["set-cookie"]
    assert kept.startswith(f"case-{REFERENCE}={secret};")
    assert all(part in kept for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert first.headers["referrer-policy"] == "no-referrer"
    again = await client.get("/inbox", params={"reference": REFERENCE}, headers=BROWSER)
    assert again.status_code == 200
    assert secret not in again.text


@pytest.mark.parametrize("place", ["track/{}?secret=", "permits/{}?secret=", "inbox?reference={}&secret="])
async def test_a_link_that_was_pasted_whole_opens_the_inbox(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, place: str
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    link = f" http://localhost:8080/{place.format(REFERENCE)}{case_secret(SECRET, story.case_id)} "
    answer = await client.post("/inbox", data={"link": link}, headers=BROWSER, follow_redirects=True)
    assert f"ได้รับเรื่องของท่านแล้ว เลขที่ {REFERENCE}" in answer.text
    wrong = await client.post("/inbox", data={"link": link.strip()[:-1]}, headers=BROWSER)
    assert wrong.status_code == 404


@pytest.mark.parametrize("typed", ["", "?", "http://[", "secret=x", "http://x/track/MH-0000-0000?secret=%00"])
async def test_anything_may_be_pasted(client: httpx.AsyncClient, typed: str) -> None:
    assert (await client.post("/inbox", data={"link": typed}, headers=BROWSER)).status_code == 404


@pytest.mark.parametrize("secret", ["", "wrong", "ไทย", case_secret(SECRET, "0" * 26)])
async def test_a_wrong_secret_and_an_unknown_reference_look_the_same(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, secret: str
) -> None:
    await at_work(notify, story.submitted())
    known = await client.get("/inbox", params={"reference": REFERENCE, "secret": secret}, headers=BROWSER)
    unknown = await client.get("/inbox", params={"reference": "MH-0000-0000", "secret": secret}, headers=BROWSER)
    assert known.status_code == unknown.status_code == 404
    assert known.text.replace(REFERENCE, "") == unknown.text.replace("MH-0000-0000", "")


@pytest.mark.parametrize(
    ("address", "outcome", "said"),
    [
        ("nobody", Sent(), "ส่งไม่สำเร็จ (ที่อยู่อีเมลไม่ถูกต้อง)"),
        ("a@example.org", Later("mail-server-away"), "จะส่งอีกครั้ง (ระบบส่งอีเมลขัดข้องชั่วคราว)"),
        ("a@example.org", Refused("gave-up"), "ส่งไม่สำเร็จ (ลองส่งหลายครั้งแล้วไม่สำเร็จ)"),
        ("a@example.org", Refused("smtp-550"), "ส่งไม่สำเร็จ (ระบบปลายทางไม่รับ)"),
    ],
)
async def test_why_a_mail_did_not_come_is_told_as_it_is(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, address: str, outcome: Outcome, said: str
) -> None:
    notify.email.answers = [outcome]
    await at_work(notify, story.submitted(), story.contact(email=address))
    inbox = await open_inbox(client, story, "reporter")
    assert said in inbox.text


async def test_a_follower_sees_what_followers_are_told(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(
        notify, story.submitted(), story.followed("follower-1"), story.contact("follower-1"), story.completed()
    )
    answer = await open_inbox(client, story, "follower-1")
    assert "ที่ท่านติดตามแก้ไขแล้ว" in answer.text
    assert "ได้รับเรื่องของท่านแล้ว" not in answer.text


async def test_staff_read_what_their_office_was_told(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.created())
    mine = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team="works-water"))
    other = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team="works-roads"))
    assert f"งานใหม่ {REFERENCE}" in mine.text
    assert "งานใหม่" not in other.text


@pytest.mark.parametrize(("team", "told"), [(None, "ยังไม่ได้กำหนดทีม"), ("works-canals", "works-canals")])
async def test_staff_whose_inbox_could_only_stay_empty_read_why(
    client: httpx.AsyncClient, issuer: FakeIssuer, team: str | None, told: str
) -> None:
    crew = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team=team))
    assert crew.status_code == 403
    assert told in crew.text
    assert "ผู้ดูแลบัญชีผู้ใช้" in crew.text
    signatory = await client.get("/inbox", headers=BROWSER | staff(issuer, "signatory", team=team))
    assert signatory.status_code == 200, "told by the role, whatever the team"


async def test_deliveries_are_listed_for_staff_without_any_address(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    assert (await client.get("/api/v1/deliveries")).status_code == 401
    for asked in ({"reference": REFERENCE.lower()}, {"case": story.case_id}):
        answer = await client.get("/api/v1/deliveries", params=asked, headers=staff(issuer, "officer"))
        items = answer.json()["items"]
        ((inbox, mail),) = [one["deliveries"] for one in items]
        assert (inbox["channel"], inbox["state"], inbox["attempts"]) == ("inbox", "sent", 1)
        assert (mail["channel"], mail["state"], mail["attempts"]) == ("email", "sent", 1)
        assert "example.org" not in answer.text


# Who asks, and of which teams' reports and of which permits they read the notices.
READERS = [
    (("crew", "works-water"), {"water"}),
    (("crew", "works-roads"), set()),
    (("crew", None), set()),
    (("officer", "triage"), {"water", "welfare", "permit"}),
    (("officer", "works-building"), {"water", "welfare", "permit"}),
    (("officer", "works-roads"), {"water", "welfare"}),
    (("examiner", "works-building"), {"permit"}),
    (("examiner", "works-roads"), set()),
    (("signatory", None), {"permit"}),
    (("supervisor", None), {"water", "welfare", "permit"}),
    (("admin", None), {"water", "welfare", "permit"}),
]


@pytest.mark.parametrize(("who", "reads"), READERS, ids=lambda one: "-".join(sorted(map(str, one))))
async def test_who_reads_notices_reads_those_of_their_own_work_only(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, who: tuple[str, str | None], reads: set[str]
) -> None:
    stories = {name: Story(reference=make_reference("MH", number * 26)) for name, number in CASES.items()}
    water, welfare, permit = (stories[name] for name in ("water", "welfare", "permit"))
    words = [water.submitted(), water.created(), welfare.submitted(), welfare.created(team="welfare")]
    await at_work(notify, *words, permit.applied(**BUILDING), permit.of_permit(PermitAccepted, **ACCEPTED))
    headers = staff(issuer, who[0], team=who[1])
    listed = (await client.get("/api/v1/deliveries", headers=headers)).json()["items"]
    known = {case.reference: name for name, case in stories.items()}
    assert {known[one["reference"]] for one in listed} == reads
    for name, case in stories.items():
        answer = await client.get("/api/v1/deliveries", params={"reference": case.reference}, headers=headers)
        assert bool(answer.json()["items"]) == (name in reads), "and no reference tells that there is a case"
    for notice_id in notify.store.all():
        seen = await client.get(f"/api/v1/deliveries/{notice_id}", headers=headers)
        assert seen.status_code == (200 if notice_id in {one["id"] for one in listed} else 404)


async def test_the_list_pages_through_everything_once(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact(), story.created(), story.completed())
    seen: list[str] = []
    asked: dict[str, str] = {"limit": "3"}
    while True:
        answer = (await client.get("/api/v1/deliveries", params=asked, headers=staff(issuer, "officer"))).json()
        seen += [one["id"] for one in answer["items"]]
        if answer["next"] is None:
            break
        asked["after"] = answer["next"]
    assert sorted(seen) == sorted(notify.store.all())


@pytest.mark.parametrize("after", ["WzFd", "W251bGxd", "WyJ4IiwieSJd", "W10"])  # [1], [null], ["x","y"], []
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx.AsyncClient, issuer: FakeIssuer, after: str) -> None:
    answer = await client.get("/api/v1/deliveries", params={"after": after}, headers=staff(issuer, "officer"))
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")


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
