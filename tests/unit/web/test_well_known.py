"""Where a weakness is reported, as RFC 9116 has it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from shared.town.models import Town
from tests.support.sample_pages import Client

PATH = "/.well-known/security.txt"


async def test_the_towns_address_stands_there(client: Client) -> None:
    answer = await client().get(PATH)
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"].startswith("mailto:")
    assert fields["Canonical"] == f"https://one.localhost{PATH}"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=60) < expires - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("security", "email", "contact"),
    [
        ("cert@town.example", "office@town.example", "mailto:cert@town.example"),
        (None, "office@town.example", "mailto:office@town.example"),
        (None, None, None),
    ],
)
async def test_without_an_address_of_its_own_it_is_the_offices(
    make_app: Callable[..., FastAPI], security: str | None, email: str | None, contact: str | None
) -> None:
    app = make_app()
    town: Town = app.state.parts[Town]
    told = town.contact.model_copy(update={"security": security, "email": email})
    app.state.parts[Town] = town.model_copy(update={"contact": told})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost") as api:
        answer = await api.get(PATH)

    assert answer.status_code == (200 if contact else 404)
    assert contact is None or answer.text.startswith(f"Contact: {contact}\n")
