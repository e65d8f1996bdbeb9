"""A merge that was a mistake is undone: both reports count who is theirs, whatever came in between."""

import pytest

from services.intake import joining
from services.intake.domain import merging, separating
from services.intake.timers import on_report_due
from shared.kernel import Cause, Step
from tests.integration.intake.test_joining import follow, leave, merge, stored
from tests.support.intake import Intake


async def separate(service: Intake, made: dict[str, str], key: str | None = None) -> int:
    headers = {"Idempotency-Key": key} if key else {}
    url = f"/api/v1/reports/{made['reference']}/separate"
    return (await service.http.post(url, headers=headers)).status_code


async def test_whoever_came_and_left_in_between_is_counted_where_they_belong(service: Intake) -> None:
    service.as_staff("officer")
    one, other = await service.report(), await service.report()
    early = await follow(service, one)
    assert await merge(service, one, other) == 200
    await follow(service, one)
    await leave(service, one, early)
    await follow(service, other)
    assert await separate(service, one, "separate-once") == 200
    assert await separate(service, one, "separate-once") == 200, "a retry finds it done"
    reports = [await stored(service, made) for made in (one, other)]
    assert [(report.state, report.followers) for report in reports] == [("received", 1), ("received", 1)]
    assert [kind for _, kind in await service.outbox(one["id"])].count("onestop.report.separated.v1") == 2
    assert await separate(service, one) == 409
    for times in (2, 3):
        assert await merge(service, one, other) == 200
        assert (await stored(service, other)).followers == 3
        assert await separate(service, one) == 200
        assert (await stored(service, one)).separated == times
    assert [(await stored(service, made)).followers for made in (one, other)] == [1, 1]


async def test_in_a_chain_everybody_up_to_the_end_gives_them_back(service: Intake) -> None:
    service.as_staff("officer")
    one, other, last = [await service.report() for _ in range(3)]
    assert await merge(service, one, other) == 200
    assert await merge(service, other, last) == 200
    assert await separate(service, one) == 200
    assert [(await stored(service, made)).followers for made in (one, other, last)] == [0, 0, 1]


@pytest.mark.parametrize("crashed_after", ["opened", "released"])
async def test_a_moment_finishes_it_once(service: Intake, crashed_after: str) -> None:
    service.as_staff("officer")
    one, other = await service.report(), await service.report()
    assert await merge(service, one, other) == 200
    opened = await service.store.step(
        one["id"], lambda report, cause: separating.separate(report, cause.at), Cause.request()
    )
    if crashed_after == "released":
        await joining.finish_separation(service.store, one["id"])
        lost = {"separation": opened.state.separation}
        undone = lambda report, _: Step(report.model_copy(update=lost))  # noqa: E731  # never noted
        await service.store.step(one["id"], undone, Cause.request())
    (moment,) = separating.moments_of_separation(await stored(service, one))
    for _ in range(2):  # by two replicas
        await on_report_due(service.desk, one["id"], moment, Cause.timer(one["id"], moment))
    assert (await stored(service, other)).followers == 0
    assert [entry.type for entry in (await stored(service, other)).timeline] == ["received", "absorbed", "released"]
    assert merging.moments_of_merge(await stored(service, one)) == []
