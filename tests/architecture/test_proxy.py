"""The proxy hands each service the paths that it serves: none that nobody answers, none that is another's."""

import ast
import re
from collections.abc import Iterator

import pytest

from shared.events.catalogue import SERVICES
from shared.web.trail import TABS
from tests.support.source import ROOT, Module, modules, parse

OTHERS = "intake"  # has whatever no other service has
SIGN_IN = "/auth/"  # any service could; the proxy gives it to one
METHODS = {"get", "post", "put", "patch", "delete", "head", "api_route"}


def matched(text: str) -> dict[str, list[str]]:
    """Paths by service, as `@<service> path …` has them."""
    return {name: paths.split() for name, paths in re.findall(r"@(\w+) path (.*)", text) if name in SERVICES}


def served(module: Module) -> Iterator[str]:
    """The paths of a module's router, in full."""
    prefix = next((_named(call, "prefix") for name, call in module.calls() if name == "APIRouter"), "")
    for name, call in module.calls():
        owner, _, method = name.rpartition(".")
        if owner == "router" and method in METHODS and call.args:
            yield prefix + _text(call.args[0])


def _named(call: ast.Call, name: str) -> str:
    return next((_text(keyword.value) for keyword in call.keywords if keyword.arg == name), "")


def _text(value: ast.expr) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else "/{…}"


def covers(path: str, route: str) -> bool:
    """Whether a path of the proxy's takes in this route."""
    return route.startswith(path[:-1]) if path.endswith("/*") else route == path


def routes(service: str) -> set[str]:
    own = {route for module in modules(f"services/{service}") for route in served(module)}
    trail = {f"/trail/{service}"} if service in TABS else set()
    return own | trail | {f"/static/{service}/x", f"/api/v1/{service}/openapi.json"}


PROXY = matched((ROOT / "deploy/proxy/Caddyfile").read_text("utf-8"))


@pytest.mark.parametrize("service", sorted(PROXY))
def test_every_path_of_the_proxy_is_served(service: str) -> None:
    known = routes(service) | {SIGN_IN}

    assert [path for path in PROXY[service] if not _leads_to_one(path, known)] == []


def _leads_to_one(path: str, known: set[str]) -> bool:
    """`/desk` and `/desk/*` are written in pairs, so that neither is forgotten; one route behind them is enough."""
    start = path.removesuffix("/*")
    return any(route == start or route.startswith(start + "/") for route in known)


@pytest.mark.parametrize("service", [name for name in SERVICES if name != OTHERS])
def test_every_route_of_a_service_reaches_it(service: str) -> None:
    lost = [route for route in routes(service) if not any(covers(path, route) for path in PROXY.get(service, ()))]

    assert sorted(lost) == []


def test_no_route_of_the_service_that_has_the_rest_goes_elsewhere() -> None:
    taken = [route for route in routes(OTHERS) for paths in PROXY.values() for path in paths if covers(path, route)]

    assert taken == []


def test_paths_and_routes_are_read() -> None:
    source = 'router = APIRouter(prefix="/desk")\n@router.get("/{reference}")\nasync def show(): ...'

    assert matched("\t@notify path /inbox /inbox/*\n\t@inner path /healthz") == {"notify": ["/inbox", "/inbox/*"]}
    assert list(served(parse("services/dispatch/pages/desk.py", source))) == ["/desk/{reference}"]
