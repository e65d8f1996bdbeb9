"""Pages: both languages, every component, static files that may be kept."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from shared.people import Person
from shared.town import load_town
from shared.town.models import Town
from shared.web import nav, vendor
from shared.web.assets import SHARED, Assets
from shared.web.brand import brand_css, mix
from shared.web.language import SHARED_STRINGS, preferred
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
    assert preferred(accept) == language


def test_every_shared_key_can_be_said() -> None:
    words = Words(SHARED_STRINGS)
    assert all(entry["th"].strip() and entry["en"].strip() for entry in words.entries.values())


async def test_static_files_are_kept_for_a_year_under_their_hash(
    client: Client, make_app: Callable[..., FastAPI]
) -> None:
    api = client()
    address = make_app().state.parts[Assets].url("shared", "site.css")
    kept = await api.get(address)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    plain = await api.get("/static/shared/site.css")
    assert plain.headers["cache-control"] == "no-cache"
    assert (
        await api.get("/static/shared/site.css", headers={"if-none-match": plain.headers["etag"]})
    ).status_code == 304
    old = await api.get("/static/shared/~000000000000/site.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")


async def test_modules_are_javascript_and_a_service_has_its_own(client: Client) -> None:
    answer = await client().get("/static/sample/sample.mjs")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "answer" in answer.text


SERVICES = sorted(path.parent.parent.name for path in Path("services").glob("*/pages/static"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_modules_import_the_shared_ones_that_the_page_has_loaded(service: str) -> None:
    assets = Assets(service, Path("services") / service / "pages" / "static")
    for name in assets.folders[service].files:
        if not name.endswith(".mjs"):
            continue
        found = assets.find(service, name)
        assert found is not None
        content = (found[0].content or found[0].path.read_bytes()).decode()
        assert '"/static/shared/' not in content.replace(f'"/static/shared/~{assets.folders["shared"].version}/', "")
        for imported in re.findall(r'"/static/shared/~\w+/([^"]+)"', content):
            assert assets.url("shared", imported)
    assert assets.folders[service].version != Assets(service, None).folders[service].version


@pytest.mark.parametrize(
    "path",
    [
        "/static/shared/%2e%2e/app.py",
        "/static/other/site.css",
        "/static/shared/..%2fapp.py",
        "/static/shared/fonts",
        "/static/shared/layers/x.geojson",
        "/static/shared/logo",
    ],
)
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert (await client().get(path)).status_code == 404


async def test_the_towns_colours_and_outline_are_files(client: Client) -> None:
    api = client()
    css = await api.get("/static/shared/brand.css")
    assert "--brand: #17594a;" in css.text
    assert css.headers["content-type"].startswith("text/css")
    outline = (await api.get("/static/shared/town.geojson")).json()
    assert outline["features"][0]["properties"]["th"] == "หมู่ 1"
    assert outline["features"][0]["geometry"]["coordinates"][0][0][0] == [98.93, 18.72]


def test_tints_are_mixed(town: Town) -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#17594a", "#ffffff", 0) == "#17594a"
    assert brand_css(town).count("#") == 6


def test_what_is_checked_in_stays_small() -> None:
    own = [path for path in SHARED.rglob("*") if path.is_file() and "vendor" not in path.parts]
    assert sum(path.stat().st_size for path in own) < 400_000


@pytest.mark.parametrize("folder", sorted(Path("deploy/municipalities").iterdir()), ids=lambda folder: folder.name)
def test_every_icon_that_a_town_names_is_drawn(folder: Path) -> None:
    town = load_town(folder)
    named = {one.icon for one in town.categories.values()} | {one.icon for one in town.groups.values()}
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (SHARED / "icons.svg").read_text(encoding="utf-8")))
    assert named <= drawn


def test_vendor_copies_what_pages_load(tmp_path: Path) -> None:
    for package, files in vendor.FILES.items():
        for source in files:
            path = tmp_path / "node_modules" / package / source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
    vendor.copy(tmp_path / "node_modules", tmp_path / "out")
    for package, files in vendor.FILES.items():
        assert {path.name for path in (tmp_path / "out" / package).iterdir()} == set(files.values())
    with pytest.raises(FileNotFoundError, match="npm ci"):
        vendor.copy(Path("nowhere"), tmp_path / "out")
