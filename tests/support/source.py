"""Reads our own source as syntax trees, for the tests that hold how the code is built; nothing is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """One file: its path from the root with slashes, and its text; whoever asks for its tree has it parsed, once."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def package(self) -> str:
        """Dotted name: `services.intake.app`."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def imports(self) -> Iterator[str]:
        """Dotted names of all that is imported, also inside functions; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the dotted name it is made by, as written: `datetime.now`."""
        yield from self._calls

    @cached_property
    def _calls(self) -> list[tuple[str, ast.Call]]:
        return [(_as_written(node.func), node) for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


def parse(path: str, source: str) -> Module:
    """A module from text; tests use it for samples of what must be found."""
    return Module(path, source)


def modules(*folders: str) -> list[Module]:
    """Every Python file below the folders, in the order of their paths."""
    return [_module(path) for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))]


@cache
def _module(path: Path) -> Module:
    return Module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def _as_written(called: ast.expr) -> str:
    """As `ast.unparse` says it, which takes its time."""
    names: list[str] = []
    holder = called
    while isinstance(holder, ast.Attribute):
        names.append(holder.attr)
        holder = holder.value
    return ".".join((holder.id, *reversed(names))) if isinstance(holder, ast.Name) else ast.unparse(called)
