"""Open data over HTTP: it costs anybody who asks little, and us no more than one file at a time."""

import pytest

from services.intake.api.answer_cache import AnswerCache
from shared.web.limits import Limits
from tests.support.intake import Intake

FILES = ["/api/v1/open-data/reports.geojson", "/api/v1/open-data/reports.csv"]


@pytest.mark.parametrize("path", FILES)
async def test_a_file_is_drawn_once_a_minute_for_each_question(service: Intake, path: str) -> None:
    cache: AnswerCache = service.app.state.open_data
    first = await service.report()
    assert first["reference"] in (await service.http.get(path)).text
    second = await service.report()
    assert second["reference"] not in (await service.http.get(path)).text
    assert second["reference"] in (await service.http.get(path, params={"category": "water-leak"})).text
    cache.seconds = 0
    assert second["reference"] in (await service.http.get(path)).text


async def test_each_language_and_format_is_a_file_of_its_own(service: Intake) -> None:
    await service.report()
    texts = {
        (await service.http.get(path, headers={"Accept-Language": language})).text
        for path in FILES
        for language in ("th", "en")
    }
    assert len(texts) == 4


@pytest.mark.parametrize("path", [*FILES, "/feeds/reports.atom"])
async def test_one_client_may_not_ask_without_end(service: Intake, path: str) -> None:
    service.app.state.parts[Limits].off = False
    statuses = [(await service.http.get(path)).status_code for _ in range(30)]
    assert (statuses[0], statuses[-1]) == (200, 429)
