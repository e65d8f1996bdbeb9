"""A report of a category that the town keeps from the public, followed to its end: no public topic tells of it."""

import httpx

from shared.events.topics import TOPICS
from tests.support import by_api
from tests.support.reckoning import caught_up, everything
from tests.support.stack import Stack


async def test_no_public_topic_tells_of_a_private_case(stack: Stack) -> None:
    with httpx.Client(base_url=stack.origin, timeout=30) as api:
        made = by_api.report(api, category="welfare", text="ผู้สูงอายุอยู่คนเดียว")
        by_api.work_order(api, by_api.bearer(stack, "officer"), made["reference"])
    await caught_up(stack)
    told = {
        record.topic.partition(".")[0]
        for record in await everything(stack, [name for name in TOPICS if name.startswith(("internal.", "public."))])
        if made["id"].encode() in (record.key or b"") + (record.value or b"")
    }
    assert told == {"internal"}
