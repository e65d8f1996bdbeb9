"""Every address that answers `GET` answers `HEAD`: the same status and headers, and nothing behind them."""

import pytest

from tests.support.sample_pages import Client


@pytest.mark.parametrize(
    "path",
    [
        "/components", "/nothing", "/crew-only", "/bug", "/api/v1/things", "/api/v1/things?limit=0", "/api/v1/bug",
        "/api/v1/crew-only", "/static/shared/site.css", "/static/shared/brand.css", "/api/v1/sample/openapi.json",
    ],
)  # fmt: skip
@pytest.mark.parametrize("browser", [True, False])
async def test_head_is_answered_as_get_is(client: Client, path: str, browser: bool) -> None:
    api = client(browser=browser)
    got, asked = await api.get(path), await api.head(path)

    assert asked.status_code == got.status_code
    assert asked.content == b""
    if "/bug" not in path:  # their problem names the trace, which differs
        assert asked.headers == got.headers


async def test_an_answer_without_end_ends_where_its_body_would_begin(client: Client) -> None:
    asked = await client().head("/stream")

    assert (asked.status_code, asked.content) == (200, b"")


async def test_where_there_is_no_get_there_is_no_head(client: Client) -> None:
    assert (await client().head("/form")).status_code == 405
