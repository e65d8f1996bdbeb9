"""Bounds how many requests one process has under way, of one client too, and lets the probes in all the same."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.slots import CLIENT, Slots
from shared.web.errors import answer
from shared.web.limits import client_of
from shared.web.ops import PATHS
from shared.web.problem import Problem

MOST = 1000  # streams count too; each holds some 60 kB
AGAIN_SECONDS = 5


class Crowd:
    """Beyond `MOST` it answers 503 at once, instead of filling its memory; and 429 to an address that has its share of
    them under way, before anything of a body is read: no other limit counts a request that never comes to its end.

    What operators and Kubernetes ask is always let in: a full process is not a dead one, and whoever kills it sends its
    requests to those beside it, until these are full as well.
    """

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self._app = app
        self._slots = Slots(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PATHS:
            await self._app(scope, receive, send)
            return
        client = client_of(Request(scope))
        if not self._slots.take(client):
            await answer(Request(scope), self._refusal())(scope, receive, send)
            return
        said = CLIENT.set(client)
        try:
            await self._app(scope, receive, send)
        finally:
            CLIENT.reset(said)
            self._slots.give_back(client)

    def _refusal(self) -> Problem:
        headers = {"Retry-After": str(AGAIN_SECONDS)}
        if self._slots.is_full():
            return Problem(503, "http-503", headers=headers)
        return Problem(429, "rate-limit", detail_args={"seconds": AGAIN_SECONDS}, headers=headers)
