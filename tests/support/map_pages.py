"""Maps in a browser: what is drawn, where they look, and what the fields of a form hold."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import DESK, MARKET, PHONE

SMALL: dict[str, Any] = {**PHONE, "viewport": {"width": 360, "height": 740}, "service_workers": "block"}
WIDE: dict[str, Any] = {**DESK, "geolocation": MARKET, "permissions": ["geolocation"], "service_workers": "block"}
TEMPLE = {"latitude": 18.750024, "longitude": 98.937651}  # วัดอุโบสถ, in the shipped map
NO_WEBGL = """HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
  apply: (get, canvas, asked) => (asked[0].startsWith("webgl") ? null : Reflect.apply(get, canvas, asked)),
});"""


def drawn(page: Page) -> None:
    """Come to the map, and wait until it is there."""
    page.locator("[data-map-box]").scroll_into_view_if_needed()
    expect(page.locator(".map-ready")).to_be_visible()


def filled(page: Page) -> None:
    """Drawn, with the places that it shows."""
    drawn(page)
    expect(page.locator("[data-map][data-places]")).to_be_visible()


def view_of(page: Page) -> tuple[float, float, float]:
    """Zoom, latitude and longitude, once the map stands still."""
    box = page.locator("[data-map-box][data-view]")
    expect(box).to_be_visible()
    zoom, latitude, longitude = map(float, str(box.get_attribute("data-view")).split("/"))
    return zoom, latitude, longitude


def fields(page: Page) -> tuple[str, str, str]:
    """Latitude, longitude and accuracy as the form would send them."""
    latitude, longitude, accuracy = (
        page.locator(f"[name={name}]").input_value() for name in ("latitude", "longitude", "accuracy_m")
    )
    return latitude, longitude, accuracy


def search(page: Page, text: str) -> None:
    """Ask for a place, and wait for what is found."""
    page.get_by_role("combobox", name="ค้นหาสถานที่").fill(text)
    expect(page.get_by_role("option").first).to_be_visible()
