"""What concerns two reports, or a report and those who follow it, ends consistently: at once, and after a crash."""

import asyncio
from typing import Any

import pytest

from services.intake import commands, joining
from services.intake.domain import following, merging
from services.intake.timers import on_follower_due, on_report_due
from shared.events.ids import new_id
from shared.kernel import Case, Cause, Moment, Reject, Step
from shared.people import Person
from tests.support.intake import Intake
from tests.support.reports import MAIL, after

OFFICER = Person(sub="napa", roles=frozenset({"officer"}))


async def stored(service: Intake, made: dict[str, str]) -> Any:
    return (await service.store.get_report(made["id"])).state


async def follow(service: Intake, made: dict[str, str]) -> dict[str, str]:
    """What the new follower's link says."""
    answer = await service.http.post(
        f"/api/v1/reports/{made['reference']}/follow", json={"email": f"{new_id().lower()}@example.org"}
    )
    assert answer.status_code == 201, answer.text
    return {"party": answer.json()["party"], "secret": answer.json()["secret"]}


async def leave(service: Intake, made: dict[str, str], link: dict[str, str]) -> None:
    answer = await service.http.delete(f"/api/v1/reports/{made['reference']}/follow", params=link)
    assert answer.status_code == 204, answer.text


async def withdraw(service: Intake, made: dict[str, str]) -> None:
    url, headers = f"/api/v1/reports/{made['reference']}/withdraw", {"X-Report-Secret": made["secret"]}
    assert (await service.http.post(url, headers=headers, json={})).status_code == 200


async def merge(service: Intake, duplicate: dict[str, str], into: dict[str, str]) -> int:
    url = f"/api/v1/reports/{duplicate['reference']}/merge"
    return (await service.http.post(url, json={"into": into["reference"]})).status_code


async def test_two_officers_who_merge_each_into_the_other_never_close_both(service: Intake) -> None:
    service.as_staff("officer")
    for _ in range(10):
        one, other = await service.report(), await service.report()
        statuses = await asyncio.gather(merge(service, one, other), merge(service, other, one))
        reports = [await stored(service, made) for made in (one, other)]
        assert any(report.is_open for report in reports)
        assert [report.merging for report in reports] == [None, None]
        assert statuses.count(200) == sum(report.merged_into is not None for report in reports) <= 1


async def test_a_ring_of_merges_leaves_one_open(service: Intake) -> None:
    service.as_staff("officer")
    ring = [await service.report() for _ in range(4)]
    await asyncio.gather(*(merge(service, one, ring[(place + 1) % 4]) for place, one in enumerate(ring)))
    reports = [await stored(service, made) for made in ring]
    assert any(report.is_open for report in reports)
    # Whoever follows any of them is counted where it goes on.
    ends = [await joining.report_that_stays(service.store, await service.store.get_report(one["id"])) for one in ring]
    assert all(end.is_open for end in ends)
    assert sum(end.followers for end in {end.reference: end for end in ends}.values()) == sum(
        not report.is_open for report in reports
    )


async def test_nothing_is_merged_into_what_was_answered_in_the_meantime(service: Intake) -> None:
    duplicate, into = await service.report(), await service.report()
    stale = await service.store.get_report(into["id"])
    await withdraw(service, into)
    with pytest.raises(Reject, match="already-ended"):
        await commands.merge_report(service.desk, await service.store.get_report(duplicate["id"]), stale, OFFICER)
    report = await stored(service, duplicate)
    assert (report.is_open, report.merging) == (True, None)


async def test_counts_stay_true_when_followers_of_a_merged_report_leave_and_come(service: Intake) -> None:
    service.as_staff("officer")
    first, second, last = [await service.report() for _ in range(3)]
    early, other = await follow(service, first), await follow(service, last)
    assert await merge(service, first, second) == 200
    assert await merge(service, second, last) == 200
    assert [(await stored(service, made)).followers for made in (first, second, last)] == [1, 2, 4]
    late = await follow(service, first)
    assert [(await stored(service, made)).followers for made in (first, second, last)] == [2, 3, 5]
    await leave(service, first, early)
    await leave(service, first, late)
    await leave(service, last, other)
    assert [(await stored(service, made)).followers for made in (first, second, last)] == [0, 1, 2]


async def test_nobody_begins_to_follow_what_is_over_with_the_report_it_goes_on_as(service: Intake) -> None:
    service.as_staff("officer")
    duplicate, into = await service.report(), await service.report()
    assert await merge(service, duplicate, into) == 200
    await service.store.step(into["id"], lambda report, cause: following.count(report, cause.at, -1), Cause.request())
    await withdraw(service, into)
    answer = await service.http.post(
        f"/api/v1/reports/{duplicate['reference']}/follow", json={"email": "f@example.org"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


@pytest.mark.parametrize("crashed_after", ["note", "close", "count"])
async def test_a_moment_finishes_a_merge_that_a_crash_has_parted(service: Intake, crashed_after: str) -> None:
    duplicate, into = await service.report(), await service.report()
    await follow(service, duplicate)
    case: Case[Any] = await service.store.step(
        duplicate["id"],
        lambda report, cause: merging.begin_merge(report, cause.at, into["id"], into["reference"]),
        Cause.request(),
    )
    if crashed_after != "note":
        case = await service.store.step(
            duplicate["id"],
            lambda report, cause: merging.close_as_duplicate(report, cause.at, into["id"]),
            Cause.request(),
        )
    if crashed_after == "count":
        await joining.transfer_followers(service.store, case)
        unnoted = lambda _report, _cause: Step(case.state)  # noqa: E731  # as if the arrival had not been noted
        await service.store.step(duplicate["id"], unnoted, Cause.request())
    moment = merging.moments_of_merge(await stored(service, duplicate))[0]
    for _ in range(2):  # by two replicas
        await on_report_due(service.desk, duplicate["id"], moment, Cause.timer(duplicate["id"], moment))
    assert (await stored(service, into)).followers == 2
    assert [entry.type for entry in (await stored(service, into)).timeline] == ["received", "absorbed"]
    report = await stored(service, duplicate)
    assert (report.merged_into, merging.moments_of_merge(report)) == (into["id"], [])


async def test_a_moment_frees_the_duplicate_of_a_merge_that_cannot_be(service: Intake) -> None:
    duplicate, into = await service.report(), await service.report()
    await service.store.step(
        duplicate["id"],
        lambda report, cause: merging.begin_merge(report, cause.at, into["id"], into["reference"]),
        Cause.request(),
    )
    await withdraw(service, into)
    moment = Moment("merge", after(1))
    await on_report_due(service.desk, duplicate["id"], moment, Cause.timer(duplicate["id"], moment))
    report = await stored(service, duplicate)
    assert (report.is_open, report.merging) == (True, None)


async def test_a_moment_counts_who_came_before_a_crash_once(service: Intake) -> None:
    made = await service.report()
    party = "follower-1"
    await service.store.followers.step(
        f"{made['id']}:{party}", lambda _, cause: following.follow(made["id"], party, cause.at, MAIL), Cause.request()
    )
    moment = Moment("count", after(1))
    for _ in range(2):
        await on_follower_due(service.desk, f"{made['id']}:{party}", moment, Cause.timer(made["id"], moment))
    assert (await stored(service, made)).followers == 1


async def test_many_who_follow_and_leave_at_once_are_counted(service: Intake) -> None:
    made = await service.report()
    links = await asyncio.gather(*(follow(service, made) for _ in range(40)))
    assert (await stored(service, made)).followers == 40
    await asyncio.gather(*(leave(service, made, link) for link in links[:15]))
    assert (await stored(service, made)).followers == 25
