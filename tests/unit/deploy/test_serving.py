"""One way to serve a service: what is not said on the command line stands in the environment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from services.__main__ import main
from shared.web.safety import UnsafeConfiguration
from tests.support.commands import logging_as_it_was


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server was asked for."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: asked.update(options, app=app))
    for name in ("SERVICE", "BIND", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return asked


def test_a_service_is_named_on_the_command_line(served: dict[str, Any]) -> None:
    main(["dispatch", "--port", "8102"])

    assert (served["app"], served["host"], served["port"]) == ("services.dispatch.app:create_app", "127.0.0.1", 8102)


def test_a_service_is_named_by_the_environment(served: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SERVICE": "notify", "BIND": "0.0.0.0", "PORT": "9000"}.items():
        monkeypatch.setenv(name, value)
    main([])

    assert (served["app"], served["host"], served["port"]) == ("services.notify.app:create_app", "0.0.0.0", 9000)


@pytest.mark.parametrize("arguments", [[], ["billing"]])
def test_a_service_that_is_none_is_refused_with_those_that_are(
    served: dict[str, Any], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    said = capsys.readouterr().err
    assert [name for name in ("intake", "dispatch", "permits", "notify") if name not in said] == []
    assert not served


@pytest.fixture
def _logs_put_back() -> Iterator[None]:
    with logging_as_it_was():
        yield


@pytest.mark.usefixtures("_logs_put_back")
def test_what_must_not_start_says_each_reason_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UnsafeConfiguration("SESSION_SECRET: too short\nPUBLIC_URL: without https")

    monkeypatch.setattr(uvicorn, "run", refuse)
    with pytest.raises(SystemExit, match="1"):
        main(["intake"])

    said = json.loads(capsys.readouterr().out)
    assert (said["level"], said["service"]) == ("critical", "intake")
    assert said["reasons"] == ["SESSION_SECRET: too short", "PUBLIC_URL: without https"]
