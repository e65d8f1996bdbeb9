"""The trail as supervisors read it: whose acts, of which days, each value before and after in words."""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from shared.kernel.mongo_trail import MongoTrail, Place, TrailFilter
from shared.kernel.trail import Change, Line
from shared.people import Person
from shared.web.trail import trail_routes
from tests.support.oidc import FakeIssuer, sign_in

NAPA = Person(sub="u-napa", name="<i>นภา</i>", roles=frozenset({"officer"}))
AT = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)


class MemoryTrail:
    """As the kernel's `MongoTrail`, of lines that are the newest first; `asked`: what for."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.asked: list[TrailFilter] = []

    async def newest(self, wanted: TrailFilter, most: int, before: Place | None = None) -> Sequence[tuple[str, Line]]:
        self.asked.append(wanted)
        keyed = [(f"cases/{line.id}", line) for line in self.lines]
        return [(key, line) for key, line in keyed if before is None or (line.at, key) < before][:most]

    def add(self, *changes: Change, who: Person = NAPA, happened_at: datetime | None = None) -> None:
        number = 9 - len(self.lines)
        self.lines.append(Line(f"{number}", AT, happened_at, "c-1", f"MH-{number}", "amend", who, changes))


@pytest.fixture
def trail() -> MemoryTrail:
    return MemoryTrail()


@pytest.fixture
async def reader(make_app: Callable[..., FastAPI], issuer: FakeIssuer, trail: MemoryTrail) -> httpx.AsyncClient:
    """A supervisor's browser, in English."""
    app = make_app()
    app.include_router(trail_routes("intake", cast(MongoTrail, trail), lambda line: f"/track/{line.reference}"))
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost", headers=headers)
    await sign_in(browser, issuer, roles=["supervisor"])
    browser.cookies.set("onestop-lang", "en")
    return browser


async def shown(reader: httpx.AsyncClient, query: str = "") -> str:
    answer = await reader.get(f"/trail/intake?{query}")
    assert answer.status_code == 200
    return answer.text


async def changes(reader: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Each value of the page: its name, before, after."""
    texts = re.findall(
        r"<dt>(.*?)</dt><dd><del>.*?</span>(.*?)</del>.*?<ins>.*?</span>(.*?)</ins>", await shown(reader)
    )
    return [(name, old.replace("&#34;", '"'), new.replace("&#34;", '"')) for name, old, new in texts]


async def test_a_line_says_who_did_what_to_which_case(reader: httpx.AsyncClient, trail: MemoryTrail) -> None:
    trail.add()
    html = await shown(reader)

    assert '<td data-label="What was done">Correction</td>' in html
    assert '<a class="reference-link" href="/track/MH-9">MH-9</a>' in html
    assert 'href="/trail/intake?sub=u-napa">&lt;i&gt;นภา&lt;/i&gt;</a>' in html
    assert "officer" in html
    assert "23 Nov 2026, 09:15" in html


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("ท่อแตก", "ท่อตัน", "ท่อแตก", "ท่อตัน"),
        (None, True, "–", "True"),
        ("", [], "–", "–"),
        ({}, {"team": "works-water"}, "–", '{"team": "works-water"}'),
        (["a"], ["a", "b"], '["a"]', '["a", "b"]'),
        (AT, None, "23 Nov 2026, 09:15", "–"),
        (None, {"at": AT}, "–", '{"at": "2026-11-23 02:15:00+00:00"}'),
    ],
    ids=str,
)
async def test_each_value_can_be_read_before_and_after(
    reader: httpx.AsyncClient, trail: MemoryTrail, old: Any, new: Any, before: str, after: str
) -> None:
    trail.add(Change("place.address", old, new))

    assert await changes(reader) == [("place.address", before, after)]


@pytest.mark.parametrize(
    ("field", "name"), [("form", "Form"), ("form.area", "Form (area)"), ("form.x.y", "Form (x.y)"), ("forms", "forms")]
)
async def test_what_has_no_word_of_its_own_goes_by_that_of_what_it_lies_in(
    reader: httpx.AsyncClient, trail: MemoryTrail, field: str, name: str
) -> None:
    trail.add(Change(field, "a", "b"))

    assert await changes(reader) == [(name, "a", "b")]


async def test_what_a_phone_told_later_stands_at_its_own_time(reader: httpx.AsyncClient, trail: MemoryTrail) -> None:
    trail.add(happened_at=AT.replace(hour=1))
    html = await shown(reader)

    assert ">23 Nov 2026, 08:15<" in html
    assert "received 23 Nov 2026, 09:15" in html


async def test_a_role_that_only_another_release_knows_is_named_by_its_code(
    reader: httpx.AsyncClient, trail: MemoryTrail
) -> None:
    trail.add(who=NAPA.model_copy(update={"roles": frozenset({"auditor"})}))

    assert "auditor" in await shown(reader)


async def test_days_are_the_towns_and_the_last_one_counts_whole(reader: httpx.AsyncClient, trail: MemoryTrail) -> None:
    await shown(reader, "since=2026-11-23&until=2026-11-24&reference=&sub=")

    assert trail.asked == [
        TrailFilter(
            since=datetime(2026, 11, 22, 17, tzinfo=UTC),
            until=datetime(2026, 11, 24, 17, tzinfo=UTC),
        )
    ]


async def test_a_form_with_nothing_in_it_asks_for_everything(reader: httpx.AsyncClient, trail: MemoryTrail) -> None:
    html = await shown(reader, "since=&until=&reference=&sub=")

    assert trail.asked == [TrailFilter()]
    assert "No entries found" in html


@pytest.mark.parametrize("day", ["2569-11-23", "0001-01-01", "9999-12-31", "x"])
async def test_a_day_that_is_none_of_ours_is_refused(reader: httpx.AsyncClient, day: str) -> None:
    assert (await reader.get(f"/trail/intake?until={day}")).status_code == 422


@pytest.mark.parametrize(
    ("typed", "asked"), [("mh4k7t29q8", "MH-4K7T-29Q8"), ("MH-4K7T-29Q9", "MH-4K7T-29Q9"), ("no such", "no such")]
)
async def test_a_reference_is_found_however_it_was_typed(
    reader: httpx.AsyncClient, trail: MemoryTrail, typed: str, asked: str
) -> None:
    await shown(reader, f"reference={typed}")

    assert [one.reference for one in trail.asked] == [asked]


async def test_the_next_page_goes_on_where_this_one_ends_with_the_same_question(
    reader: httpx.AsyncClient, trail: MemoryTrail
) -> None:
    for _ in range(3):
        trail.add()
    first = await shown(reader, "limit=2&sub=u-napa&since=2026-11-01")
    (following,) = re.findall(r'href="/trail/intake\?([^"]*after=[^"]*)"', first)
    second = await shown(reader, following.replace("&amp;", "&"))

    assert re.findall(r">(MH-\d)<", first + second) == ["MH-9", "MH-8", "MH-7"]
    assert trail.asked[0] == trail.asked[1]
    assert not re.search(r'href="/trail/intake\?[^"]*after=', second)


@pytest.mark.parametrize("cursor", ["W10", "WyJhIiwiYiJd", "WzEsMl0"])
async def test_a_cursor_of_another_list_is_refused(reader: httpx.AsyncClient, cursor: str) -> None:
    answer = await reader.get(f"/api/v1/intake/trail?after={cursor}")

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")


async def test_programs_get_the_same_lines_and_the_log_says_who_read_what(
    reader: httpx.AsyncClient, trail: MemoryTrail, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "security")
    trail.add(Change("text", "a", "b"))
    answer = (await reader.get("/api/v1/intake/trail?reference=mh4k7t29q8&sub=u-napa")).json()

    assert answer["next"] is None
    (line,) = answer["items"]
    assert (line["act"], line["changes"]) == ("amend", [{"field": "text", "old": "a", "new": "b"}])
    assert line["who"] == {"sub": "u-napa", "name": "<i>นภา</i>", "roles": ["officer"], "team": None}
    (noted,) = [vars(one) for one in caplog.records if one.getMessage() == "trail-read"]
    assert (noted["sub"], noted["reference"], noted["about"]) == ("u-1", "MH-4K7T-29Q8", "u-napa")
