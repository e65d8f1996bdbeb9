"""Production refuses what is made for development."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from shared.settings import ServiceSettings
from shared.web.safety import UnsafeConfiguration, development_issuer, refuse_unsafe

GOOD = {
    "environment": "production",
    "oidc_issuer": "https://id.town.example/realms/onestop",
    "public_url": "https://one.town.example",
    "session_secret": "x" * 32,
    "link_secret": "y" * 32,
}


def settings(**changes: object) -> ServiceSettings:
    return ServiceSettings.model_validate({**GOOD, **changes})


def test_a_sound_production_configuration_starts() -> None:
    refuse_unsafe(settings())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"oidc_issuer": "http://localhost:8181"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://localhost:8181"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "http://id.town.example"}, "OIDC_ISSUER"),
        ({"session_secret": "local-only-session-secret"}, "SESSION_SECRET"),
        ({"session_secret": "short"}, "SESSION_SECRET"),
        ({"link_secret": "local-only-link-secret"}, "LINK_SECRET"),
        ({"link_secret": "short"}, "LINK_SECRET"),
        ({"public_url": "http://one.town.example"}, "PUBLIC_URL"),
    ],
    ids=str,
)
def test_production_refuses_development_settings_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(UnsafeConfiguration, match=named):
        refuse_unsafe(settings(**change))
    refuse_unsafe(settings(**change, environment="local"))


def test_the_app_is_not_built_with_them(make_app: Callable[..., FastAPI]) -> None:
    with pytest.raises(UnsafeConfiguration):
        make_app(environment="production", oidc_issuer="http://localhost:8181")


@pytest.mark.parametrize(
    "issuer", ["https://127.0.0.1", "https://[::1]:8181", "https://x.localhost", "https://localhost.", ""]
)
def test_this_machine_is_a_development_issuer_however_it_is_written(issuer: str) -> None:
    assert development_issuer(issuer)
