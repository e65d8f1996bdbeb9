"""Cases of a category that the town keeps from the public: no public topic tells of them, however they move."""

import json
from collections.abc import Sequence

import httpx
from aiokafka import ConsumerRecord

from shared.events.topics import TOPICS
from tests.support import api_calls
from tests.support.reconciliation import caught_up, everything
from tests.support.stack import Stack
from tests.support.waiting import until


async def told_of(stack: Stack, report: str, kind: str) -> Sequence[ConsumerRecord[bytes, bytes]]:
    """What is on these topics about the report or its work, in the order of each topic."""
    await caught_up(stack)
    topics = [name for name in TOPICS if name.startswith(kind)]
    records = await everything(stack, topics)
    return [one for one in records if report.encode() in (one.key or b"") + (one.value or b"")]


async def test_no_public_topic_tells_of_a_private_case(stack: Stack) -> None:
    with httpx.Client(base_url=stack.origin, timeout=30) as api:
        made = api_calls.report(api, category="welfare", text="ผู้สูงอายุอยู่คนเดียว")
        api_calls.work_order(api, api_calls.bearer(stack, "officer"), made["reference"])
    assert await told_of(stack, made["id"], "internal.")
    assert not await told_of(stack, made["id"], "public.")


async def test_who_read_a_case_is_told_to_delete_it_when_it_is_hidden_and_never_what_it_was_then(stack: Stack) -> None:
    officer = api_calls.bearer(stack, "officer")
    with httpx.Client(base_url=stack.origin, timeout=30) as api:
        made = api_calls.report(api, category="other", text="ผู้สูงอายุอยู่คนเดียว")
        order = api_calls.work_order(api, officer, made["reference"])
        for category in ("welfare", "other"):
            _move(api, officer, made["reference"], order, category)
    told = await told_of(stack, made["id"], "public.")
    assert "welfare" not in "".join(f"{one.value!r}{one.headers!r}" for one in told)
    assert _types(told, "public.reports.v1") == ["report.submitted", "report.hidden", "report.amended"]
    assert _types(told, "public.work-orders.v1")[:2] == ["work-order.created", "work-order.hidden"]
    (amended,) = [json.loads(one.value) for one in told if b"onestop.report.amended.v1" in dict(one.headers).values()]
    assert (amended["category"], amended["previous_category"]) == ("other", None)


def _move(api: httpx.Client, officer: dict[str, str], report: str, order: str, category: str) -> None:
    """Another category for the report; returns when its work has it too."""
    api.patch(f"/api/v1/reports/{report}", json={"category": category}, headers=officer).raise_for_status()

    def moved() -> bool:
        work = api.get(f"/api/v1/work-orders/{order}", headers=officer).raise_for_status().json()
        return bool(work["category"] == category)

    until(moved, f"the work of category {category}")


def _types(told: Sequence[ConsumerRecord[bytes, bytes]], topic: str) -> list[str]:
    types = [dict(one.headers)["ce_type"].decode() for one in told if one.topic == topic]
    return [name.removeprefix("onestop.").removesuffix(".v1") for name in types]
