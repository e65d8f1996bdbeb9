"""Only a process that answers people has anything to answer them with."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

OF_THE_HOUSE = ("/auth/login", "/.well-known/security.txt", "/auth/callback")


async def answers(app: FastAPI) -> dict[str, int]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost") as http:
        return {path: (await http.get(path)).status_code for path in OF_THE_HOUSE}


@pytest.mark.parametrize("roles", ["worker,relay,timers", "timers"])
async def test_who_serves_nobody_has_no_sign_in_and_no_pages_of_the_house(
    make_app: Callable[..., FastAPI], roles: str
) -> None:
    assert 404 not in (await answers(make_app())).values()
    assert await answers(make_app(roles=roles)) == dict.fromkeys(OF_THE_HOUSE, 404)
