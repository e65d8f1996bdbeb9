"""Static files: those of pages may be kept under their hash, a town's own look is made of its profile, nothing else is
served."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi import FastAPI

from shared.town import load_town
from shared.town.models import Town
from shared.web import vendor
from shared.web.assets import SHARED, Assets
from shared.web.brand import brand_css, mix
from shared.web.pages import Pages
from tests.support.sample_pages import Client


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


@pytest.mark.parametrize("service", SERVICES)
def test_a_script_names_all_that_it_imports(service: str) -> None:
    """One level after the other costs a phone on 3G a third of a second each."""
    assets = Assets(service, Path("services") / service / "pages" / "static")
    modules = {
        assets.url(owner, name): (owner, name)
        for owner, folder in assets.folders.items()
        for name in folder.files
        if name.endswith(".mjs") and "vendor" not in name
    }
    for address, (owner, name) in modules.items():
        imported = assets.list_imported(owner, name)
        assert len(imported) == len(set(imported))
        assert address not in imported
        for one in {address, *imported} & modules.keys():
            file, _ = assets.find(*modules[one]) or pytest.fail(one)
            for target in re.findall(r'\bfrom "([^"]+)"', file.read_served().decode()):
                assert urljoin(one, target) in imported, f"{one} imports {target}"


def test_a_page_loads_all_of_a_script_at_once(make_app: Callable[..., FastAPI]) -> None:
    pages = make_app().state.parts[Pages]

    drawn = pages.env.from_string('{{ shared_script("keep.mjs") }}').render()

    address = pages.assets.url
    assert f'<script type="module" src="{address("shared", "keep.mjs")}"></script>' in drawn
    assert f'<link rel="modulepreload" href="{address("shared", "device.mjs")}">' in drawn


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
