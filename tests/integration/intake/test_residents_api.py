"""What residents and staff do with a report over HTTP."""

from typing import Any

import pytest

from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from shared.events.topics import CONTACTS
from shared.events.work_orders import WorkOrderCreated
from shared.kernel import Cause, Step
from tests.support.intake import Intake
from tests.support.reports import ORDER, work


async def test_a_follower_is_told_apart_and_can_stop(service: Intake) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/follow"
    headers = {"Idempotency-Key": "follow-me-once"}
    first = await service.http.post(url, json={"email": "f@example.org"}, headers=headers)
    again = await service.http.post(url, json={"email": "f@example.org"}, headers=headers)
    assert first.json() == again.json()
    assert first.json()["followers"] == 1
    mine = {"party": first.json()["party"], "secret": first.json()["secret"]}
    comment = await service.http.post(url.replace("follow", "comments"), json={"text": "ยังไม่มา"}, params=mine)
    assert comment.json()["timeline"][-1]["by"] == "follower"
    assert (await service.http.delete(url, params=mine)).status_code == 204
    assert (await service.seen(made))["followers"] == 0
    assert [topic for topic, _ in await service.outbox(made["id"])].count(CONTACTS) == 1
    theirs = await service.outbox(f"{made['id']}:{mine['party']}", "followers")
    assert [topic for topic, _ in theirs] == [CONTACTS, CONTACTS]  # the follower's, and its erasure
    assert (await service.http.delete(url, params=mine)).status_code == 403


async def test_a_key_that_comes_with_other_words_is_told_and_nothing_is_lost(service: Intake) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/comments"
    headers = {"Idempotency-Key": "one-key-for-two", "X-Report-Secret": made["secret"]}
    said = ("ยังไม่มา", "มาแล้ว", "ยังไม่มา")
    answers = [await service.http.post(url, json={"text": text}, headers=headers) for text in said]

    assert [answer.status_code for answer in answers] == [201, 422, 201]
    assert answers[1].json()["code"] == "idempotency-key-reused"


async def test_a_key_that_comes_with_another_address_is_another_follower_s(service: Intake) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/follow"
    headers = {"Idempotency-Key": "one-key-for-two"}
    one, other = [
        (await service.http.post(url, json={"email": address}, headers=headers)).json()
        for address in ("f@example.org", "other@example.org")
    ]

    assert one["party"] != other["party"]
    assert one["secret"] != other["secret"]


@pytest.mark.parametrize(
    "contact",
    [{"email": "f@example.org"}, {"phone": "081 234 5678"}, {"line_id": "som.chai"}],
    ids=["email", "phone", "line"],
)
async def test_a_follower_s_link_is_handed_out_once(service: Intake, contact: dict[str, str]) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/follow"
    mine, other = {"Idempotency-Key": "mine-of-today"}, {"Idempotency-Key": "another-s-request"}
    answers = [(await service.http.post(url, json=contact, headers=key)).json() for key in (mine, other, {}, mine)]

    assert len({answer["party"] for answer in answers}) == 1
    assert [bool(answer["secret"]) for answer in answers] == [True, False, False, True]
    assert answers[-1]["followers"] == 1


@pytest.mark.parametrize(
    ("action", "body"),
    [("withdraw", {}), ("rating", {"text": "x", "stars": 1}), ("reopen", {"reason": "x"}), ("comments", {"text": "x"})],
)
async def test_a_wrong_secret_does_nothing(service: Intake, action: str, body: dict[str, Any]) -> None:
    made, other = await service.report(), await service.report()
    for secret in ({}, {"secret": other["secret"]}, {"secret": "ลับ"}, {"secret": made["secret"][:-1]}):
        answer = await service.http.post(f"/api/v1/reports/{made['reference']}/{action}", json=body, params=secret)
        assert (answer.status_code, answer.json()["code"]) == (403, "secret-needed")
    assert len((await service.seen(made))["timeline"]) == 1


async def test_withdrawing_closes_and_twice_is_refused(service: Intake) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/withdraw"
    headers = {"X-Report-Secret": made["secret"]}
    answer = await service.http.post(url, json={"reason": "หายแล้ว"}, headers=headers)
    assert (answer.json()["state"], answer.json()["outcome"]) == ("closed", "withdrawn")
    again = await service.http.post(url, json={}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "already-ended")


async def test_staff_correct_and_merge_without_losing_followers(service: Intake) -> None:
    service.as_staff("officer")
    made, duplicate = await service.report(), await service.report()
    url = f"/api/v1/reports/{duplicate['reference']}"
    answer = await service.http.patch(url, json={"category": "street-light"})
    assert (answer.status_code, answer.json()["category"]) == (200, "street-light")
    for _ in range(2):  # repeated, it changes nothing
        answer = await service.http.post(f"{url}/merge", json={"into": made["reference"]})
        assert (answer.json()["outcome"], answer.json()["duplicate_of"]) == ("duplicate", made["reference"])
    assert (await service.seen(made))["followers"] == 1
    assert [kind for _, kind in await service.outbox(duplicate["id"])].count("onestop.report.merged.v1") == 2


async def test_the_desk_reports_for_somebody(service: Intake) -> None:
    service.as_staff("officer")
    made = await service.report(channel="line")
    case = await service.store.reports.get(made["id"])
    assert case is not None
    assert case.state.channel == "line"
    service.as_staff("crew")
    other = await service.store.reports.get((await service.report(channel="line"))["id"])
    assert other is not None
    assert other.state.channel == "web"


async def held_by(service: Intake, team: str) -> dict[str, str]:
    """A report about somebody in need, with that team."""
    made = await service.report(category="welfare")
    created = work(WorkOrderCreated, team=team)

    def routed(report: Report, cause: Cause) -> Step[Report]:
        return record_work(report, created, ORDER, cause.at, late=False, reopen_days=14)

    await service.store.step(made["id"], routed, Cause.request())
    return made


@pytest.mark.parametrize(
    ("roles", "team", "sees"),
    [
        (["officer"], None, True),
        (["supervisor"], None, True),
        (["admin"], None, True),
        (["crew"], "welfare", True),
        (["crew"], "works-water", False),
        (["crew"], None, False),
        (["examiner"], "welfare", False),
        (["signatory"], None, False),
    ],
)
async def test_a_crew_reads_in_full_only_what_its_own_team_holds(
    service: Intake, roles: list[str], team: str | None, sees: bool
) -> None:
    made = await held_by(service, "welfare")
    service.as_staff(*roles, team=team)
    url = f"/api/v1/reports/{made['reference']}"
    assert (await service.http.get(url)).status_code == (200 if sees else 404)
    said = await service.http.post(f"{url}/comments", json={"text": "ไปดูแล้ว"})
    assert said.status_code == (201 if sees else 404)


async def test_what_no_team_holds_yet_is_no_crew_s(service: Intake) -> None:
    made = await service.report()
    service.as_staff("crew")
    assert (await service.seen(made))["address"] is None


async def test_staff_actions_need_staff(service: Intake) -> None:
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}"
    assert (await service.http.patch(url, json={"category": "street-light"})).status_code == 401
    assert (await service.http.post(f"{url}/merge", json={"into": made["reference"]})).status_code == 401
