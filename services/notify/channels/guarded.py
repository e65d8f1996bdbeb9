"""Connections to addresses that somebody else has chosen: only to the internet at large, whatever a name resolves to.

A name is looked up once, every address that it has is judged, and the connection goes to one of those: what it
resolves to a moment later does not matter.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# These carry an IPv4 address within: what is private there is private here.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(Exception):
    """The name leads into a network that is nobody's business; or to this machine."""


def networks(text: str) -> tuple[Network, ...]:
    """`10.1.2.0/24,…` as networks; ValueError for what is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_allowed(address: Address, inside: Iterable[Network]) -> bool:
    """Whether it may be met: on the internet at large, or in one of the town's networks that are named."""
    inner = _inner(address)
    if any(address in network or inner in network for network in inside):
        return True
    return inner.is_global and not inner.is_multicast


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


class Guarded(httpcore.AsyncNetworkBackend):
    """Opens connections for a client; `inside`: networks of the town's own that may be met as well."""

    def __init__(self, inside: Sequence[Network] = ()) -> None:
        self._inside = inside
        self._opens = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first address of the host; `PrivateAddress` when any of them may not be met."""
        found = await self._look_up(host, port, timeout)
        if not all(is_allowed(address, self._inside) for address in found):
            raise PrivateAddress(host)
        return await self._opens.connect_tcp(str(found[0]), port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Never: that is this machine."""
        raise PrivateAddress(path)

    async def sleep(self, seconds: float) -> None:
        """As the pool asks between tries."""
        await self._opens.sleep(seconds)

    async def _look_up(self, host: str, port: int, seconds: float | None) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                known = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not found") from error
        return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in known]
