"""No pattern of ours takes time in the square of a text: one anonymous request would hold a whole service.

All patterns are found by themselves: a new one is tried too, and one that cannot be found here must be listed.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as said  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest

from tests.support.growth import slow_on
from tests.support.source import Module, modules

SEARCHING = {"search", "findall", "finditer", "sub", "subn", "split"}
METHODS = {*SEARCHING, "match", "fullmatch"}
SIGNS_MOST = 4
# Made while running, and one of each as it is made: of a town's word, and of the address of our own pages.
MADE_WHILE_RUNNING = {
    "shared/words/match.py": r"(?<![a-z])(pipe)(?:e?s)?(?![a-z])[^\n]{0,24}?(?<![a-z])(bur[\s/_-]{0,3}st)(?![a-z])",
    "services/notify/drawing.py": r"https://one\.example/[^\s<>\"]*",
}


class Found(NamedTuple):
    """A pattern, where it stands, its name if it has one, and the methods that are called on it there."""

    where: str
    pattern: re.Pattern[str]
    name: str = ""
    called: frozenset[str] = frozenset()

    @property
    def methods(self) -> frozenset[str]:
        """By which texts go through it; when none is seen, because it goes through another name, what costs most."""
        return self.called or frozenset(_called().get(self.name, set()) & METHODS or {"search"})


def _importable(module: Module) -> bool:
    """What is a command or composes a service does things when it is imported."""
    return not module.path.endswith(("/__main__.py", "/app.py"))


@cache
def compiled() -> list[Found]:
    """Every pattern that a module holds under a name, also inside a tuple or a mapping."""
    found = []
    for module in filter(_importable, modules("services", "shared")):
        for name, value in vars(importlib.import_module(module.package)).items():
            patterns = [_of_text(one) for one in _inside(value) if isinstance(one, re.Pattern)]
            if patterns and _assigns(module, name):
                found += [Found(f"{module.path} {name}", one, name) for one in patterns]
    return found


def _of_text(pattern: re.Pattern[Any]) -> re.Pattern[str]:
    """One for bytes, such as those of files, as one for texts that does the same."""
    if isinstance(pattern.pattern, str):
        return pattern
    return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, tuple | list) else [value]


def _assigns(module: Module, name: str) -> bool:
    targets = [target for node in module.tree.body for target in _targets(node)]
    return name in {target.id for target in targets if isinstance(target, ast.Name)}


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


@cache
def _called() -> dict[str, set[str]]:
    """By name of a pattern, the methods that are called on it anywhere."""
    called: dict[str, set[str]] = {}
    for module in modules("services", "shared"):
        for name, _ in module.calls():
            holder, _, method = name.rpartition(".")
            called.setdefault(holder.rpartition(".")[2], set()).add(method)
    return called


def written_in_place() -> list[Found]:
    """`re.search("…", text)` with the pattern as a literal."""
    found = []
    for module in modules("services", "shared"):
        for method, call in _calls_of_re(module):
            if method != "compile" and isinstance(call.args[0], ast.Constant):
                pattern = re.compile(str(call.args[0].value))
                where = f"{module.path} {method}({pattern.pattern!r})"
                found.append(Found(where, pattern, called=frozenset({method})))
    return found


def _calls_of_re(module: Module) -> Iterator[tuple[str, ast.Call]]:
    for name, call in module.calls() if "import re\n" in module.text else ():
        if name.startswith("re.") and name.removeprefix("re.") in {*METHODS, "compile"}:
            yield name.removeprefix("re."), call


def not_found(module: Module) -> Iterator[str]:
    """Patterns that are made while running."""
    at_the_top = {
        id(node) for top in module.tree.body for target in [_value(top)] if target for node in ast.walk(target)
    }
    for method, call in _calls_of_re(module):
        literal = bool(call.args) and isinstance(call.args[0], ast.Constant)
        if not literal and not (method == "compile" and id(call) in at_the_top):
            yield method


def _value(node: ast.stmt) -> ast.expr | None:
    return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None


def _act(pattern: re.Pattern[str], method: str) -> Callable[[str], object]:
    if method in ("match", "fullmatch"):
        return getattr(pattern, method)  # type: ignore[no-any-return]
    return (lambda text: sum(1 for _ in pattern.finditer(text))) if method in SEARCHING else pattern.search


def slow(pattern: re.Pattern[str], method: str) -> Iterator[str]:
    """The texts on which the pattern takes too long: its own signs over and over, behind the beginning of a match."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    sample = _sample(tree)
    signs = [*dict.fromkeys(_letters(tree))][:SIGNS_MOST]
    begins = dict.fromkeys(("", sample, sample[:-1]))
    yield from slow_on(_act(pattern, method), [*signs, *filter(None, (sample, sample[:-1]))], [*begins])


_OF_CLASS = {
    said.CATEGORY_DIGIT: "1", said.CATEGORY_NOT_DIGIT: "x", said.CATEGORY_SPACE: " ", said.CATEGORY_NOT_SPACE: "x",
    said.CATEGORY_WORD: "w", said.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def _letters(tree: Any) -> Iterator[str]:
    for kind, value in tree:
        if kind is said.LITERAL:
            yield chr(value)
        elif kind in (said.NOT_LITERAL, said.ANY):
            yield "x"
        elif kind is said.IN:
            yield from _of_class(value)
        else:
            yield from (letter for part in _parts(value) for letter in _letters(part))


def _of_class(items: Any) -> Iterator[str]:
    for kind, value in items:
        if kind is said.LITERAL:
            yield chr(value)
        elif kind is said.RANGE:
            yield chr(value[0])
        elif kind is said.CATEGORY:
            yield _OF_CLASS[value]
        elif kind is said.NEGATE:
            yield "x"


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        yield from (part for one in value for part in _parts(one))


def _sample(tree: Any) -> str:
    """A short text that the pattern is about; where it repeats, once."""
    text = ""
    for kind, value in tree:
        if kind in (said.LITERAL, said.NOT_LITERAL, said.ANY, said.IN):
            text += next(_letters([(kind, value)]), "")
        elif kind is said.BRANCH:
            text += _sample(value[1][0])
        elif kind not in (said.ASSERT, said.ASSERT_NOT, said.AT):
            text += "".join(_sample(part) for part in _parts(value))
    return text


MADE = [Found(path, re.compile(made), called=frozenset({"finditer"})) for path, made in MADE_WHILE_RUNNING.items()]
ALL = [*compiled(), *written_in_place(), *MADE]


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.where)
def test_a_pattern_takes_time_as_its_text_is_long(found: Found) -> None:
    texts = [f"{method}: {text}" for method in sorted(found.methods) for text in slow(found.pattern, method)]

    assert not texts, f"{found.pattern.pattern}\n" + "\n".join(texts)


def test_all_other_patterns_are_listed() -> None:
    """Put one of them beside its file, so that it is tried."""
    assert {module.path for module in modules("services", "shared") if any(not_found(module))} == set(
        MADE_WHILE_RUNNING
    )


def test_pydantic_keeps_the_engine_that_never_tries_again() -> None:
    """`pattern=` of a field goes through Rust's, in linear time by its construction; Python's would not."""
    assert not [module.path for module in modules("services", "shared") if "python-re" in module.text]


def test_enough_is_found() -> None:
    assert len(ALL) > 40
    assert {"search"} <= {method for found in ALL for method in found.methods}


@pytest.mark.parametrize(
    ("method", "pattern"),
    [
        ("finditer", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # B2: one report held the service for half a minute
        ("fullmatch", r"(a+)+b"),
        ("fullmatch", r"[^@\s]+@[^@\s]+\.[^@\s]{2,}"),
        ("search", r"\s+$"),
    ],
)
def test_a_slow_pattern_is_noticed(method: str, pattern: str) -> None:
    assert next(slow(re.compile(pattern), method), None)


def test_a_quick_pattern_passes() -> None:
    assert not list(slow(re.compile(r"[a-z]{1,9} [0-9]{1,3}"), "search"))
