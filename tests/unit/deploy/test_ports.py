"""Ports: what is taken is noticed, and its holder is named."""

import os
import socket
from collections.abc import Iterator

import pytest

from deploy.local.ports import Ports, free_ports, holder, is_free


@pytest.fixture
def listening() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(listening: int) -> None:
    assert not is_free(listening)


def test_a_port_on_all_addresses_is_not_free() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_port_is_free_again_when_its_holder_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert is_free(port)


def test_the_holder_is_named_with_its_pid_and_command(listening: int) -> None:
    assert f"pid {os.getpid()} (" in holder(listening)
    assert "python" in holder(listening)


def test_free_ports_are_distinct_and_below_the_outgoing_range() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert all(15000 <= port < 32000 for port in ports)


def test_an_offset_moves_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_OFFSET", "1000")
    assert Ports.from_environment().proxy == Ports().proxy + 1000
    assert Ports.from_environment().zipkin == Ports().zipkin + 1000
