"""What the form and the privacy notice promise is what the town's profile says."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import Request

from services.intake.app import PAGES
from services.intake.domain.states import tone_of
from shared.settings import ServiceSettings
from shared.town.models import Calls
from shared.web import create_web, page
from tests.support.reports import town

FORM: dict[str, Any] = {
    "values": {}, "errors": {}, "kept": [], "key": "k", "most": 6, "photo_bytes": 1, "rough_metres": 1, "refusals": {},
    "outages": [],
}  # fmt: skip


HOME: dict[str, Any] = {
    "latest": [], "tone": tone_of, "new": 0, "done": 0, "working": 0,
    "outages": [{"id": "one", "icon": "zap", "category_name": "ไฟฟ้าดับ", "zone_name": None, "standing": "กำลังแก้ไข",
                 "note": None, "opened_at": datetime(2026, 11, 27, tzinfo=UTC), "team_name": None, "add": "/report"}],
}  # fmt: skip
NEEDED = {"report.html": FORM, "home.html": HOME}


def drawn(template: str, language: str, *, crew: bool = True) -> str:
    settings = ServiceSettings.model_validate(
        {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": "https://id.localhost",
         "session_secret": "a-secret-for-tests-that-is-long-enough"}
    )  # fmt: skip
    app = create_web(
        "intake", settings, town().model_copy(update={"calls": Calls(crew=crew)}), templates=PAGES / "templates",
        static=PAGES / "static", strings=PAGES / "strings.yaml",
    )  # fmt: skip
    scope = {
        "type": "http", "method": "GET", "path": "/report", "query_string": b"", "headers": [], "app": app,
        "onestop.language": language,
    }  # fmt: skip
    return bytes(page(Request(scope), template, **NEEDED.get(template, {})).body).decode()


@pytest.mark.parametrize("template", ["report.html", "privacy.html"])
@pytest.mark.parametrize(
    ("language", "unseen"), [("th", ["ทีมปฏิบัติงานไม่เห็น"]), ("en", ["rews do not see", "crew does not see"])]
)
def test_whether_crews_see_a_contact_is_said_as_the_profile_has_it(
    template: str, language: str, unseen: list[str]
) -> None:
    said = {crew: any(words in drawn(template, language, crew=crew) for words in unseen) for crew in (True, False)}

    assert said == {True: False, False: True}


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_the_town_knows_of_stands_above_the_doors(language: str) -> None:
    """Whoever sits in the dark asks first whether the town knows."""
    page = drawn("home.html", language)

    assert page.index('class="outage"') < page.index('class="doors"')
