"""Tokens for OAUTHBEARER: fetched as the OAuth client that the process is, and again before they end."""

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import httpx
from aiokafka.abc import AbstractTokenProvider

RENEWED_AFTER = 0.8  # of a token's life: the next one is fetched then, and never ends while it is on its way
SECONDS = 10.0


class BrokerTokens(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka is not typed
    """aiokafka asks for each new connection; one token serves all of them while it lasts."""

    def __init__(
        self,
        url: str,
        client_id: str,
        secret: str,
        scope: str = "",
        *,
        ca: Path | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport`: another way to the issuer than the network, for tests."""
        self._url = url
        self._trust = ssl.create_default_context(cafile=ca)
        self._transport = transport
        self._who = httpx.BasicAuth(quote_plus(client_id), quote_plus(secret))  # RFC 6749, section 2.3.1
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token, self._good_until = "", float("-inf")

    async def token(self) -> str:
        """Raises `ConnectionError` while the issuer gives none: the broker then counts as away."""
        async with self._lock:
            if self._clock() >= self._good_until:
                self._token, life = await self._fetch()
                self._good_until = self._clock() + RENEWED_AFTER * life
            return self._token

    async def _fetch(self) -> tuple[str, float]:
        """A token, and the seconds that it is good for."""
        try:
            async with httpx.AsyncClient(timeout=SECONDS, verify=self._trust, transport=self._transport) as client:
                answer = await client.post(self._url, data=self._form, auth=self._who)
            answer.raise_for_status()
            said = answer.json()
            return str(said["access_token"]), float(said.get("expires_in", 0))
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise ConnectionError(f"{self._url} gives no token for Kafka: {error!r}") from error
