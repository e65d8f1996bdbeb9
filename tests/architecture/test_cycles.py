"""No circle of imports: a module can be read, tested and moved without reading those that build on it."""

from collections.abc import Sequence

from tests.support.source import Module, modules, parse

Graph = dict[str, set[str]]


def import_graph(source: Sequence[Module]) -> Graph:
    """Which of these modules each imports, also inside functions and for type checking only."""
    known = {module.package for module in source}
    return {
        module.package: {target for name in module.imports() if (target := _module_of(name, known))} - {module.package}
        for module in source
    }


def _module_of(name: str, known: set[str]) -> str | None:
    """`from a import b` gives `a.b`, which is a module, or a name inside the module `a`."""
    return next((candidate for candidate in (name, name.rpartition(".")[0]) if candidate in known), None)


def circles(graph: Graph) -> list[str]:
    """What is left when modules that import nothing left, then those nothing left imports, are taken away."""
    left = {name: set(targets) for name, targets in graph.items()}
    while done := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in done}
    while above := left.keys() - {target for targets in left.values() for target in targets}:
        left = {name: targets for name, targets in left.items() if name not in above}
    return sorted(left)


def test_the_source_has_no_circle() -> None:
    assert not circles(import_graph(modules("services", "shared", "deploy", "tools")))


def test_a_circle_is_found_wherever_the_import_stands() -> None:
    source = [
        parse("shared/web/__init__.py", "from shared.web.app import create_web"),
        parse("shared/web/app.py", "from shared.web import errors"),
        parse("shared/web/errors.py", "def draw():\n    from shared.web.pages import page"),
        parse("shared/web/pages.py", "if TYPE_CHECKING:\n    from shared.web.errors import Problem"),
        parse("shared/web/problem.py", "import dataclasses"),
    ]

    assert circles(import_graph(source)) == ["shared.web.errors", "shared.web.pages"]


def test_modules_in_layers_are_no_circle() -> None:
    source = [
        parse("shared/web/app.py", "from shared.web import errors\nfrom shared.web.problem import Problem"),
        parse("shared/web/errors.py", "from shared.web.problem import Problem"),
        parse("shared/web/problem.py", "import dataclasses"),
    ]

    assert circles(import_graph(source)) == []
