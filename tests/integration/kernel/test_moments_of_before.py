"""The first start on what a release from before the kinds of moments has left: its index and its waiting cases."""

from datetime import timedelta
from functools import partial
from typing import Any

from pymongo import ASCENDING, IndexModel

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.moments import Kept, as_documents
from tests.integration.kernel.test_moments_of_two_releases import Letter, Release
from tests.support.kernel import Pair, eventually

WAKE = IndexModel(
    [("wake.lane", ASCENDING), ("wake.at", ASCENDING), ("wake.part", ASCENDING)],
    name="wake",
    partialFilterExpression={"wake.at": {"$type": "date"}},
)


def without_kinds(case_id: str, kept: Kept) -> dict[str, Any]:
    """The two fields as that release wrote them."""
    written = as_documents(case_id, [kept])
    return {name: [{key: one[key] for key in one if key != "kind"} for one in written[name]] for name in written}


async def leave(release: Release, kept: Kept) -> str:
    """A case of that release that waits."""
    case_id = new_id()
    await release.letters.step(case_id, lambda _, __: Step(Letter(send_at="now")), Cause.request())
    await release.letters.collection.update_one({"_id": case_id}, {"$set": without_kinds(case_id, kept)})
    return case_id


async def test_what_waits_since_a_release_without_kinds_is_worked_counted_and_seen_to_fail(pair: Pair) -> None:
    today, an_hour_ago = Release(pair, ["send"]), now().replace(microsecond=0) - timedelta(hours=1)
    letters = today.letters.collection
    await letters.create_indexes([WAKE])
    failing = Kept(Moment("send", an_hour_ago), tries=2, bugs=0, rests_until=now() + timedelta(minutes=5))
    await leave(today, failing)
    case_id = await leave(today, Kept(Moment("send", an_hour_ago)))

    async with today.service.lifespan():
        await eventually(partial(_has_worked, today), 10)
        assert await today.letters.waiting.oldest_failing() == an_hour_ago
        assert await today.letters.waiting.count_due(now() + timedelta(hours=2)) == 1, "the failing one rests"
        case = await today.letters.get(case_id)
        assert "wake" in await letters.index_information(), "replicas of that release name it"

    assert case is not None
    assert case.state.send_at is None


async def _has_worked(release: Release) -> bool:
    return release.worked == ["send"]
