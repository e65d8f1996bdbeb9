"""What somebody with a program finds behind the one origin."""

import httpx
import pytest

from shared.events.catalogue import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_describes_its_own_api(api: httpx.Client, service: str) -> None:
    described = api.get(f"/api/v1/{service}/openapi.json").raise_for_status().json()
    assert described["info"]["title"] == f"onestop {service}"
    assert described["paths"]
