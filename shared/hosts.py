"""Which addresses are this machine: what is reached there passes no network, and serves nobody else."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True)
class DatabaseUri:
    """`scheme://[who@]hosts[/path][?query]`: `who` with the password, `hosts` with commas between them."""

    scheme: str
    who: str
    hosts: str
    path: str
    query: str


def split_database_uri(uri: str) -> DatabaseUri:
    """Not by `urlsplit`, which may refuse several hosts of which one is an IPv6 address; Debian's does."""
    scheme, _, rest = uri.partition("://")
    rest, _, query = rest.partition("?")
    netloc, slash, path = rest.partition("/")
    who, _, hosts = netloc.rpartition("@")
    return DatabaseUri(scheme.lower(), who, hosts, slash + path, query)


def all_this_machine(hosts: str) -> bool:
    """`host[:port],…` of which each is this machine."""
    return all(is_this_machine(urlsplit(f"//{host.strip()}")) for host in hosts.split(","))


def is_this_machine(url: SplitResult) -> bool:
    """Loopback, however it is written: a name, `[::ffff:127.0.0.1]`, `2130706433`, `127.1`. No host at all counts."""
    host = (url.hostname or "").rstrip(".").lower()
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(_write_dotted(host))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _write_dotted(host: str) -> str:
    """The old ways of writing an IPv4 address (`127.1`, `0x7f000001`), which browsers and libraries still read."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host
