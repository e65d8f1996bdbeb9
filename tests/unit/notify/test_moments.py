"""What notify does by the clock, under a profile or a release that has changed since: no moment stays where it was."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from services.notify.domain.delivery import ROLLING_MOST
from services.notify.domain.file import KINDS as FILE
from services.notify.domain.moments import KINDS as NOTICE
from shared.kernel import Cause, Moment, now
from shared.kernel.moments import Kept, keep_failures
from shared.town import Town
from tests.support.moments import saved
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory, maehia

PROFILES: dict[str, Town] = {
    "the same": maehia(),
    "templates gone": maehia().model_copy(update={"templates": {}}),
    "rules gone": maehia().model_copy(update={"notices": ()}),
    "teams gone": maehia().model_copy(update={"teams": {maehia().triage: maehia().teams[maehia().triage]}}),
}


async def left(notify: NotifyInMemory, name: str, at: datetime | None = None) -> list[str]:
    """Every moment of that collection at its time; the names of those that were left where they were."""
    stayed = []
    for case_id, moments in [*notify.service.tables[name].waits.items()]:
        for moment in moments:
            cause = Cause(Cause.timer(case_id, moment).id, "", at or moment.at)
            await notify.service.due[name](case_id, moment, cause)
            await notify.sender.wait_until_idle()
            if moment in notify.service.tables[name].waits[case_id]:
                stayed.append(moment.name)
    return stayed


async def owed() -> tuple[NotifyInMemory, Story]:
    """Notices that wait for a contact and a provider, and rounds of followers and of merged reports."""
    story, notify = Story(), NotifyInMemory()
    notify.email.room = 0
    await notify.hear(story.submitted(("reporter",)), story.created(), story.followed("follower-1"), story.completed())
    assert notify.service.tables["files"].waits[story.case_id]
    return notify, story


@pytest.mark.parametrize("profile", PROFILES)
async def test_no_moment_stays_where_it_was(profile: str) -> None:
    before, _ = await owed()
    notify = NotifyInMemory(PROFILES[profile], before)
    for _ in range(3):
        assert await left(notify, "files") == []
        assert await left(notify, "notices") == []


async def test_a_round_that_is_over_goes() -> None:
    notify, story = await owed()
    await notify.work()
    notify.service.tables["files"].waits[story.case_id] = [Moment("followers gone", now(), "members")]

    assert await left(notify, "files") == []


@pytest.mark.parametrize(("name", "kind", "kinds"), [("files", "followers", FILE), ("notices", "email", NOTICE)])
async def test_what_the_release_before_left_waiting_under_a_name_without_kind_is_done_and_gone(
    name: str, kind: str, kinds: Collection[str]
) -> None:
    notify, _ = await owed()
    waits = notify.service.tables[name].waits
    for case_id, moments in waits.items():
        waits[case_id] = [replace(one, name=one.name.partition(" ")[2]) for one in moments]
    before = [Kept(one) for moments in waits.values() for one in moments]
    assert kind in {one.moment.kind for one in before} <= {*kinds}, "or nobody would look for it"
    assert await left(notify, name) == []

    after = [one for moments in waits.values() for one in moments]
    assert [one.moment for one in keep_failures(after, before, kinds)] == after, "none of before stays beside them"
    assert {one.kind for one in after} <= {"tell", "deliver"}


@pytest.fixture
async def rolled_back() -> tuple[NotifyInMemory, str]:
    """This release, after a newer one has queued a notice also on a channel that is not here; the notice's id."""
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(("reporter",)), story.contact(), story.created())
    notice_id, notice = next(
        (key, one) for key, one in notify.store.all().items() if one.party and one.delivery_on("email")
    )
    (email,) = [one for one in notice.deliveries if one.channel == "email"]
    queued = {"channel": "of-a-newer-release", "state": "queued", "due_at": notice.created_at}
    more = [*notice.deliveries, email.model_copy(update=queued)]
    await saved(notify.store.notices, notice_id, notice.model_copy(update={"deliveries": more}))
    return notify, notice_id


def on_the_newer_channel(notify: NotifyInMemory, notice_id: str) -> tuple[str, str | None]:
    delivery = notify.store.all()[notice_id].delivery_on("of-a-newer-release")
    assert delivery is not None
    return delivery.state, delivery.reason


async def test_a_channel_that_is_not_here_is_left_to_the_release_that_has_it_for_a_while(
    rolled_back: tuple[NotifyInMemory, str],
) -> None:
    notify, notice_id = rolled_back
    assert await left(notify, "notices") == []
    assert on_the_newer_channel(notify, notice_id) == ("retrying", "no-channel")


async def test_then_it_is_skipped_with_its_reason_and_the_notice_ends(
    rolled_back: tuple[NotifyInMemory, str],
) -> None:
    notify, notice_id = rolled_back
    assert await left(notify, "notices", now() + ROLLING_MOST) == []

    assert on_the_newer_channel(notify, notice_id) == ("skipped", "no-channel")
    assert notify.store.all()[notice_id].ended
    assert notify.said()[-1]["ce_type"].startswith("onestop.notice.")
