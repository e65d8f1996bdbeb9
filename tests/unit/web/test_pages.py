"""Pages: both languages, the town's name in one piece, the menu of whoever looks at it."""

import re
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from shared.people import Person
from shared.release import read_own
from shared.town.models import Town
from shared.web import nav
from shared.web.language import SHARED_STRINGS, choose_preferred
from shared.web.pages import Pages
from shared.words import Words
from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client


async def test_pages_are_thai_first_and_the_switch_is_remembered(client: Client) -> None:
    browser = client(browser=True)
    first = await browser.get("/components", headers={"accept-language": "en"})
    assert '<html lang="th">' in first.text
    assert first.headers["content-language"] == "th"
    switched = await browser.get("/components?lang=en")
    assert '<html lang="en">' in switched.text
    assert "A burst pipe" in switched.text
    assert '<html lang="en">' in (await browser.get("/components")).text


async def test_the_switch_keeps_the_question_of_the_page(client: Client) -> None:
    html = (await client(browser=True).get("/components?state=open&lang=th")).text
    assert 'href="?state=open&amp;lang=en' in html


async def test_an_unknown_language_is_thai(client: Client) -> None:
    answer = await client(browser=True).get("/components?lang=xx%0d%0aSet-Cookie:a=b")
    assert '<html lang="th">' in answer.text
    assert "set-cookie" not in answer.headers


async def test_staff_see_who_they_are_and_only_their_own_menu(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    assert "/dashboard" not in (await browser.get("/components")).text
    await sign_in(browser, issuer, name="<b>สมชาย</b>", team=None)
    html = (await browser.get("/components")).text
    assert "&lt;b&gt;สมชาย&lt;/b&gt;" in html
    assert 'href="/crew"' in html
    assert 'href="/dashboard"' not in html


async def test_staff_can_say_which_release_they_use_and_strangers_are_not_told(
    client: Client, issuer: FakeIssuer
) -> None:
    browser = client(browser=True)
    assert str(read_own()) not in (await browser.get("/components")).text
    await sign_in(browser, issuer)
    assert f"ระบบ onestop รุ่น {read_own()}" in (await browser.get("/components")).text


async def test_a_towns_own_name_is_never_broken(client: Client) -> None:
    html = (await client(browser=True).get("/components")).text
    assert '<strong>เทศบาลเมือง<wbr><span class="whole">ตัวอย่าง</span></strong>' in html
    english = (await client(browser=True).get("/components?lang=en")).text
    assert "<strong>Sample Town Municipality</strong>" in english


async def test_nor_is_it_where_it_stands_in_a_sentence(client: Client) -> None:
    foot = (await client(browser=True).get("/components")).text.partition("<footer")[2]
    assert '<span class="whole">ตัวอย่าง</span>' in foot


async def test_a_town_without_a_number_of_its_own_shows_none(make_app: Callable[..., FastAPI], town: Town) -> None:
    unreached = town.contact.model_copy(update={"phone": None})
    app = make_app()
    app.state.parts[Pages].env.globals["town"] = town.model_copy(update={"contact": unreached})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost") as browser:
        html = (await browser.get("/components", headers={"accept": "text/html"})).text
    foot = html.partition("<footer")[2]
    assert re.findall('href="tel:([^"]+)"', foot) == ["199"]
    assert "None" not in foot


def test_the_menu_marks_the_page_one_is_on() -> None:
    links = {link.path: link for link in (*nav.CITIZENS, *nav.STAFF)}
    assert nav.is_current(links["/permits"], "/permits/new")
    assert not nav.is_current(links["/permits"], "/permits/desk")
    assert nav.is_current(links["/permits/desk"], "/permits/desk/42")
    assert not nav.is_current(links["/map"], "/mapping")
    assert [link.path for link in nav.staff_links(Person(sub="x", roles=frozenset({"signatory"})))] == [
        "/permits/desk",
        "/inbox",
    ]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("th", "th"),
        ("en-US,en;q=0.9,th;q=0.8", "en"),
        ("en;q=0.1,th;q=0.2", "th"),
        ("de", None),
        ("", None),
        ("en;q=0", None),
        ("en;q=x,th", "th"),
    ],
)
def test_programs_choose_by_accept_language(accept: str, language: str | None) -> None:
    assert choose_preferred(accept) == language


def test_every_shared_key_can_be_said() -> None:
    words = Words(SHARED_STRINGS)
    assert all(entry["th"].strip() and entry["en"].strip() for entry in words.entries.values())
