"""Every time from outside goes through `shared.times`: one that is not bounded is a 500 for whoever sends it."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.source import Module, modules, parse

EDGES = ("/api/", "/pages/", "/bodies.py", "/access.py", "/stream.py")
OUR_OWN = {"services/permits/api/wording.py"}  # reads what the service itself has stored


def unbounded(module: Module) -> Iterator[str]:
    """Pydantic's own time types in the web layer and at the edges of services, and texts read as times there."""
    edge = module.path.startswith("shared/web/") or any(part in module.path for part in EDGES)
    if not edge or module.path in OUR_OWN:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.alias):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name in {"AwareDatetime", "NaiveDatetime", "FutureDatetime", "PastDatetime"}:
                yield f"uses {name}"
        if isinstance(node, ast.Attribute) and node.attr in {"fromisoformat", "fromtimestamp", "strptime"}:
            yield f"line {node.lineno} calls {node.attr}"


@pytest.mark.parametrize("module", modules("services", "shared/web"), ids=lambda module: module.path)
def test_times_from_outside_are_bounded(module: Module) -> None:
    assert list(unbounded(module)) == []


@pytest.mark.parametrize("source", ["from pydantic import AwareDatetime", "datetime.fromisoformat(after)"])
def test_an_unbounded_time_is_found(source: str) -> None:
    assert list(unbounded(parse("services/intake/api/reports.py", source)))
