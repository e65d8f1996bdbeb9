"""Addresses that a webhook may meet: the internet at large, and what the town names; whatever a name resolves to."""

import asyncio
import ipaddress
import socket
from typing import Any

import httpcore
import pytest

from services.notify.channels.guarded import Guarded, PrivateAddress, is_allowed, networks

PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")
PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fc00::1", "fe80::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_may_be_met(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_inside_may_not_however_it_is_written(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), ())


def test_a_network_that_the_town_names_may_be_met() -> None:
    inside = networks("10.1.2.0/24, fd00::/8")
    assert is_allowed(ipaddress.ip_address("10.1.2.9"), inside)
    assert is_allowed(ipaddress.ip_address("::ffff:10.1.2.9"), inside)
    assert is_allowed(ipaddress.ip_address("fd00::1"), inside)
    assert not is_allowed(ipaddress.ip_address("10.1.3.9"), inside)


def test_what_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"10\.1\.2\.9/24"):
        networks("10.1.2.9/24")


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"]])
async def test_a_name_with_one_address_inside_is_not_met_at_all(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(PrivateAddress):
        await Guarded().connect_tcp("hooks.example", 443, timeout=1)


async def test_a_name_that_nobody_knows_is_away() -> None:
    with pytest.raises(httpcore.ConnectError):
        await Guarded().connect_tcp("nobody.invalid", 443, timeout=5)


async def test_a_socket_of_this_machine_is_never_met() -> None:
    with pytest.raises(PrivateAddress):
        await Guarded().connect_unix_socket("/run/docker.sock")
