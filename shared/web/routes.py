"""Leads a request to its route: FastAPI would ask each router in turn, and the one that knows the address twice."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, Request
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from shared.web.plain import answer_plainly

Before = Callable[[Request], Awaitable[None]]


def add_routes(router: APIRouter, routes: Iterable[BaseRoute], before: Before) -> None:
    """Takes routes into an app's router; `before` is asked of each request once its route is known, and may refuse."""
    router.routes += map(answer_plainly, routes)
    router.middleware_stack = Entrance(router, before)


class Entrance:
    """Finds a route at once by its whole address; all others are looked for from the first to the last."""

    def __init__(self, router: APIRouter, before: Before) -> None:
        self._router = router
        self._before = before
        self._known: dict[tuple[str, str], Route] = {}
        for route in router.routes:
            if isinstance(route, Route) and not route.param_convertors:
                met = [method for method in route.methods or () if self._leads(method, route)]
                self._known |= {(method, route.path): route for method in met}

    def _leads(self, method: str, to: Route) -> bool:
        """No route before it takes the same request."""
        return to is self._look_for({"type": "http", "method": method, "path": to.path})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._router.app(scope, receive, send)
            return
        route = self._find(scope)
        await self._before(Request(scope, receive, send))
        await (route.handle if route else self._router.app)(scope, receive, send)

    def _find(self, scope: Scope) -> BaseRoute | None:
        """None: nothing is there, or nothing for this method, which FastAPI says."""
        known = None if scope.get("root_path") else self._known.get((scope["method"], scope["path"]))
        if known is None:
            return self._look_for(scope)
        scope.update(router=self._router, route=known, endpoint=known.endpoint, path_params={})
        return known

    def _look_for(self, scope: Scope) -> BaseRoute | None:
        scope.setdefault("router", self._router)
        for route in self._router.routes:
            match, told = route.matches(scope)
            if match is Match.FULL:
                scope.update(told)
                return route
        return None
