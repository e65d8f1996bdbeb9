"""Bounds how many requests one process has under way, and lets the probes in all the same."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.errors import answer
from shared.web.ops import PATHS
from shared.web.problem import Problem

MOST = 1000  # streams count too; each holds some 60 kB


class Crowd:
    """Beyond `MOST` it answers 503 at once, instead of filling its memory.

    What operators and Kubernetes ask is always let in: a full process is not a dead one, and whoever kills it sends its
    requests to those beside it, until these are full as well.
    """

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self._app = app
        self._most = most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PATHS:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            await answer(Request(scope), Problem(503, "http-503", headers={"Retry-After": "5"}))(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
