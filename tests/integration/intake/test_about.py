"""What a town says of its own service, from its profile; the app's icons; what a shared link shows."""

import io
import re

import pytest
from PIL import Image

from shared.town import load_town
from tests.support.intake import Intake
from tests.support.reports import MAEHIA

HTML = {"Accept": "text/html"}


async def page(service: Intake, path: str) -> str:
    answer = await service.http.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("path", ["/privacy", "/help", "/accessibility"])
@pytest.mark.parametrize("language", ["th", "en"])
async def test_every_page_leads_to_what_the_town_says_of_its_service(service: Intake, path: str, language: str) -> None:
    assert f'href="{path}"' in await page(service, f"/?lang={language}")
    html = re.sub("</?span[^>]*>", "", (await page(service, f"{path}?lang={language}")).partition("<footer")[0])
    contact = load_town(MAEHIA).contact
    assert contact.office.get(language) in html
    assert f"mailto:{contact.email}" in html


async def test_the_privacy_notice_says_how_long_as_the_profile_does(service: Intake) -> None:
    retention = load_town(MAEHIA).retention
    html = await page(service, "/privacy?lang=en")
    assert (retention.reporter_days, retention.applicant_days) == (365, 3650)
    assert "deleted 1 year after" in html
    assert "deleted 10 years after" in html
    assert "section 24" in html


@pytest.mark.parametrize(("name", "size"), [("180", 180), ("192", 192), ("512", 512), ("maskable-512", 512)])
async def test_icons_have_their_size_and_the_towns_colour(service: Intake, name: str, size: int) -> None:
    answer = await service.http.get(f"/icons/{name}.png")
    picture = Image.open(io.BytesIO(answer.content)).convert("RGBA")
    assert (answer.headers["content-type"], picture.size) == ("image/png", (size, size))
    red, green, blue, _ = picture.getpixel((size // 2, 2))  # type: ignore[misc]
    assert f"#{red:02x}{green:02x}{blue:02x}" == load_town(MAEHIA).branding.primary
    assert (picture.getpixel((0, 0))[3] == 255) is name.startswith("maskable")  # type: ignore[index]


async def test_there_is_no_icon_of_another_size(service: Intake) -> None:
    for name in ("100000", "maskable-", "x", "-1"):
        assert (await service.http.get(f"/icons/{name}.png")).status_code == 404


async def test_a_shared_link_shows_what_everybody_may_read(service: Intake) -> None:
    open_to_all = await service.report()
    html = await page(service, f"/track/{open_to_all['reference']}")
    shown = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', html))
    assert open_to_all["reference"] in shown["title"]
    assert "ท่อประปาแตก" in shown["description"]
    assert "081" not in shown["description"]
    assert shown["image"].startswith("http")
    sensitive = await service.report(category="noise", text="บ้านเลขที่ 12 เสียงดัง", answers={})
    html = await page(service, f"/track/{sensitive['reference']}")
    assert "เสียงดัง" not in html.partition("<body")[0].replace("เสียงดังรบกวน", "")
