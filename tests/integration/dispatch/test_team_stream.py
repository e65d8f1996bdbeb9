"""The stream of a team: what changes, as it changes, for those who may see it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.support.fieldwork import Fieldwork


async def listen(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream, as `{id, event, data}`."""
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if not line and event:
            yield event
            event = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value


def stream(field: Fieldwork, **headers: str) -> Any:
    path = "/api/v1/teams/works-water/stream"
    return field.http.stream("GET", path, headers=field.headers("crew-water") | headers)


async def until(answer: httpx.Response, order: str, state: str | None) -> dict[str, str]:
    async for event in listen(answer):
        data = json.loads(event["data"])
        if event["event"] == "work-order" and (data["id"], data.get("state")) == (order, state):
            return event
    raise AssertionError("the stream ended")


async def test_a_teams_stream_tells_of_changes_and_goes_on_where_it_was_left(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    async with stream(field) as answer:
        await field.act(work["id"], "acknowledge")
        seen = await until(answer, work["id"], "acknowledged")
    await field.act(work["id"], "start")  # while nobody listens
    await field.act(work["id"], "start")
    async with stream(field, **{"Last-Event-ID": seen["id"]}) as answer:
        missed = [event["event"] async for event in _first(answer, 3)]
    async with stream(field, **{"Last-Event-ID": seen["id"]}) as answer:
        last = await until(answer, work["id"], "on_site")

    assert missed[0] == "hello"
    assert "reset" not in missed
    assert last["id"] > seen["id"]


async def test_a_stream_says_of_work_that_left_only_who_has_it(field: Fieldwork, work: dict[str, Any]) -> None:
    async with stream(field) as answer:
        await field.act(work["id"], "assign", "officer", team="works-roads")
        left = await until(answer, work["id"], None)

    assert json.loads(left["data"]) == {"id": work["id"], "team": "works-roads"}


async def _first(answer: httpx.Response, count: int) -> AsyncIterator[dict[str, str]]:
    async for event in listen(answer):
        yield event
        count -= 1
        if not count:
            return


async def test_a_place_that_is_too_old_says_load_anew(field: Fieldwork, work: dict[str, Any]) -> None:
    async with stream(field, **{"Last-Event-ID": "82" + "0" * 40}) as answer:
        kinds = [event["event"] async for event in _first(answer, 2)]

    assert work["team"] == "works-water"
    assert kinds == ["hello", "reset"]


async def test_another_teams_stream_is_closed_to_a_crew(field: Fieldwork) -> None:
    answer = await field.http.get("/api/v1/teams/works-water/stream", headers=field.headers("crew-roads"))

    assert (answer.status_code, answer.json()["code"]) == (403, "other-team")
