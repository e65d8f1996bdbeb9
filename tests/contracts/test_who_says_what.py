"""Every event is said by the service that the catalogue names: nothing is promised that nobody says."""

import ast
from functools import cache

import pytest

from shared.events.base import Event
from shared.events.catalogue import EVENTS, FAMILIES
from tests.support.source import modules


@cache
def words_of(service: str) -> set[str]:
    """The names that a service's own code uses; an import alone uses none."""
    trees = [module.tree for module in modules("services", "shared") if module.path.startswith(f"services/{service}/")]
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_its_writer_says_it(event: type[Event]) -> None:
    writers = FAMILIES[event.family].writers
    assert any(event.__name__ in words_of(writer) for writer in writers)
