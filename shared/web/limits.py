"""Rate limits per client: a bucket of tokens each, kept in this process and bounded in number."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Request

from shared.settings import ServiceSettings
from shared.slots import CLIENT, Client
from shared.web.parts import part_of
from shared.web.people import person
from shared.web.problem import Problem

MAX_CLIENTS = 20_000  # buckets per limit, about 4 MB; the least recently used is dropped first
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """One limit: `burst` at once, refilled at `per_minute`; each replica counts for itself."""

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = per_minute / 60
        self.burst = burst
        self.clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str) -> float:
        """Takes a token: 0.0 when there was one, else the seconds until the next."""
        now = self.clock()
        bucket = self._buckets.pop(client, None) or _Bucket(self.burst, now)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
        bucket.at = now
        self._buckets[client] = bucket
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / self.rate

    def __len__(self) -> int:
        return len(self._buckets)


class Limits:
    """The limits of one app. `RATE_LIMITS` overrides them: `off`, or `reports=600,login=0` (per minute; 0 is off)."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.trusted = read_networks(settings.trusted_proxies)
        self.fraction = settings.client_share
        self.off, self.overrides = parse_overrides(settings.rate_limits)
        self._limits: dict[str, TokenBuckets] = {}

    def wait(self, name: str, per_minute: float, burst: int, client: str) -> float:
        """Seconds until that client may ask again under this limit; 0: now, and it is counted."""
        if self.off:
            return 0.0
        if name in self.overrides:
            per_minute = self.overrides[name]
            burst = max(burst, math.ceil(per_minute))
        if per_minute == 0:
            return 0.0
        if name not in self._limits:
            self._limits[name] = TokenBuckets(per_minute, burst)
        return self._limits[name].wait(client)


def parse_overrides(text: str) -> tuple[bool, dict[str, float]]:
    """`off` → (True, {}); `reports=600,login=0` → (False, {…}). ValueError names what cannot be read."""
    if text.strip() == "off":
        return True, {}
    overrides: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        if not name or not value.replace(".", "", 1).isdigit():
            raise ValueError(f"RATE_LIMITS: cannot read {part!r}, write `off` or `name=per_minute,…`")
        overrides[name.strip()] = float(value)
    return False, overrides


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks of a list with commas, as settings have it; an address alone is a network of one."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def rate_limit(name: str, *, per_minute: float, burst: int) -> Callable[[Request], Awaitable[None]]:
    """Dependency: `burst` at once and `per_minute` on average for each client, else 429 with Retry-After.

    Who is signed in is counted for themselves: an office shares one address, with residents behind the same network.
    """

    async def limit(request: Request) -> None:
        client = await _who_asks(request)
        CLIENT.set(client)
        wait = part_of(request, Limits).wait(name, per_minute, burst, client.key)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            headers = {"Retry-After": str(seconds)}
            raise Problem(429, "rate-limit", detail_args={"seconds": seconds}, headers=headers)

    return limit


async def _who_asks(request: Request) -> Client:
    """A token that is not valid is counted by its address, like everybody who is unknown; its route refuses it."""
    try:
        who = await person(request)
    except Problem:
        who = None
    by_address = client_of(request)
    return Client(f"staff {who.sub}", by_address.fraction) if who else by_address


def client_of(request: Request) -> Client:
    """Whoever asks, by their address alone: what can be known before anything else is."""
    known: Client | None = request.scope.get("onestop.client")
    if known is None:  # asked for by each limit on the way
        known = Client(bucket_key(client_address(request)), part_of(request, Limits).fraction)
        request.scope["onestop.client"] = known
    return known


def client_address(request: Request) -> str:
    """The client's address as our own proxies saw it: `X-Forwarded-For`, from the right, past trusted proxies."""
    trusted = part_of(request, Limits).trusted
    address = request.client.host if request.client else ""
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _in(address, trusted):
        address = hops.pop()
    return address


def _in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in networks)


@lru_cache(maxsize=4096)
def bucket_key(address: str) -> str:
    """IPv6 clients own a /64: counting single addresses would limit nobody."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
