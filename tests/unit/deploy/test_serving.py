"""One way to serve a service: what is not said on the command line stands in the environment."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn

from services.__main__ import NOT_STARTED, Server, main
from shared.web import supervised
from shared.web.safety import UnsafeConfiguration
from tests.support.commands import logging_as_it_was


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server was asked for."""
    asked: dict[str, Any] = {}

    def run(server: uvicorn.Server) -> None:
        asked.update(vars(server.config))
        server.started = True

    monkeypatch.setattr(uvicorn.Server, "run", run)
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

    monkeypatch.setattr(uvicorn.Server, "run", refuse)
    with pytest.raises(SystemExit, match="1"):
        main(["intake"])

    said = json.loads(capsys.readouterr().out)
    assert (said["level"], said["service"]) == ("critical", "intake")
    assert said["reasons"] == ["SESSION_SECRET: too short", "PUBLIC_URL: without https"]


@pytest.mark.parametrize("is_abstract", [True, False])
async def test_who_supervises_is_told_by_the_loop_that_answers_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_abstract: bool
) -> None:
    name = f"onestop-{uuid4()}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name}" if is_abstract else name)
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}" if is_abstract else name)
        await supervised.tell()
        assert systemd.recv(100).splitlines() == [b"READY=1", b"WATCHDOG=1"]


@pytest.mark.parametrize("address", [None, "/nobody/listens/here"])
async def test_nobody_is_told_where_nobody_listens(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    await supervised.tell()


def test_one_that_could_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its port is taken, for one: uvicorn returns as if it had ended in order."""
    monkeypatch.setattr(uvicorn.Server, "run", lambda _: None)
    with pytest.raises(SystemExit, match=str(NOT_STARTED)):
        main(["intake"])


async def test_the_server_tells_it_while_it_serves_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was put back by a minute had systemd kill all four services."""
    told: list[float] = []

    async def tell() -> None:
        told.append(clock.pop())

    async def serve(_: uvicorn.Server) -> None:
        await asyncio.sleep(0.1)

    clock = [float(second) for second in range(10_000)]  # backwards
    monkeypatch.setattr(time, "time", lambda: clock[-1])
    monkeypatch.setattr(supervised, "tell", tell)
    monkeypatch.setattr(supervised, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(uvicorn.Server, "main_loop", serve)
    await Server(uvicorn.Config("nothing:app")).main_loop()

    count = len(told)
    await asyncio.sleep(0.05)
    assert len(told) == count > 2
