"""Three thousand permits of another city through the API: each has a lane and its reasons, or a reason why it is no
application here, and the counts are the file's. A sample in every run, all of them as a campaign."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.calgary import FILE, Row, rows
from tests.support.permits_running import PDF, Permits
from tools.play.paper import pdf

log = logging.getLogger(__name__)
AT_ONCE = 8
ALL = [pytest.mark.campaign, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"needs {FILE.name} beside the repository")


@dataclass(frozen=True)
class Answered:
    """What the town said to a row: the application with its lane, or the code of the refusal."""

    row: Row
    made: dict[str, str]
    seen: dict[str, Any]
    refused: str = ""

    @property
    def lane(self) -> str:
        """The one that it will take, if what is still open turns out well."""
        reach = self.seen["lane"]["within_reach"]
        return str(reach["code"] if reach else self.seen["lane"]["code"])

    @property
    def against(self) -> set[str]:
        """What keeps it out of the fast lane; what is still open keeps it out of none."""
        return {one["condition"] for one in self.seen["lane"]["conditions"] if not (one["passed"] or one["waits"])}


async def answered(service: Permits, row: Row) -> Answered:
    """The row is sent, and what it became is read."""
    told = await service.http.post(
        "/api/v1/applications", json=row.body, headers={"Idempotency-Key": f"row-{row.number}"}
    )
    if told.status_code != 201:
        assert told.status_code == 422, told.text
        return Answered(row, {}, {}, str(told.json()["code"]))
    made = told.json()
    return Answered(row, made, await service.seen(made))


async def all_answered(service: Permits, told: Sequence[Row]) -> list[Answered]:
    """Several at once, in the order of the file."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(row: Row) -> Answered:
        async with turns:
            return await answered(service, row)

    return list(await asyncio.gather(*map(in_turn, told)))


async def accepted(service: Permits, one: Answered) -> str:
    """All documents are handed in and found complete: the lane that it takes for good."""
    for requirement in one.seen["missing"]["documents"]:
        handed = await service.upload(one.made, requirement, pdf(f"{requirement} {one.row.number}"))
        assert handed.status_code == 200, handed.text
    submitted = await service.act(one.made, "submit")
    assert submitted.status_code == 200, submitted.text
    done = await service.act(one.made, "accept", service.staff("officer"))
    assert done.status_code == 200, done.text
    return str(done.json()["lane"]["code"])


def check(one: Answered) -> None:
    """Lane and reasons of one application: those that a clerk would find in the row, each with its value."""
    simple = {"storeys", "usable-area", "residential-use"}
    assert one.against & simple == one.row.speaks_against_haste, one.row.number
    assert (one.lane == "fast") == (one.row.body["type"] == "house-new" and not one.against), one.row.number
    conditions = {condition["condition"]: condition for condition in one.seen["lane"]["conditions"]}
    assert all(conditions[code]["value_text"] for code in one.against), one.row.number


async def kept(service: Permits) -> int:
    """How many applications there are."""
    return await service.store.applications.collection.count_documents({})


@pytest.mark.parametrize(
    ("every", "whole"), [pytest.param(100, 1, id="a-sample"), pytest.param(1, 25, id="all", marks=ALL)]
)
async def test_every_row_has_a_lane_with_its_reasons_or_a_reason_for_none(
    service: Permits, every: int, whole: int
) -> None:
    told = list(rows(every))
    answers = await all_answered(service, told)
    taken, refused = [one for one in answers if not one.refused], [one for one in answers if one.refused]
    for one in taken:
        check(one)
    lanes, reasons = Counter(one.lane for one in taken), Counter(one.refused for one in refused)
    against = Counter(code for one in taken for code in one.against)
    log.info("%d rows: lanes %s, refused %s, against haste %s", len(told), dict(lanes), dict(reasons), dict(against))

    assert lanes.total() + reasons.total() == len(told)
    assert await kept(service) == lanes.total()
    assert {one.refused for one in refused if not one.row.is_offered} <= {"unknown-type"}
    assert {one.refused for one in refused if one.row.is_offered} <= {"invalid"}  # an area of nothing
    again = await all_answered(service, told[:: max(1, len(told) // 20)])
    same = {one.row.number: one.made.get("reference") for one in answers}
    assert all(one.made.get("reference") == same[one.row.number] for one in again)
    assert await kept(service) == lanes.total()

    complete = [one for one in taken if not one.seen["missing"]["fields"]]
    for lane in lanes:
        for one in [one for one in complete if one.lane == lane][:whole]:
            assert await accepted(service, one) == lane, one.row.number
    await refused_while_something_is_open(service, next(one for one in taken if one.seen["missing"]["fields"]))


async def refused_while_something_is_open(service: Permits, one: Answered) -> None:
    """What the file leaves open has to be answered before it is handed in."""
    for requirement in one.seen["missing"]["documents"]:
        await service.upload(one.made, requirement, PDF)
    unready = await service.act(one.made, "submit")
    assert (unready.status_code, unready.json()["code"]) == (422, "incomplete")
