"""Who may read what is decided in `shared/readers.py`: no page, API or message judges by a case's marks itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT, Module, modules, parse

MARKS = {"sensitive", "listed"}
# What says a mark, and decides nothing by it.
SAYS = {
    "services/intake/api/suggest.py": "the form tells what a category is before anything is written",
    "services/intake/pages/templates/report.html": "the same, in the form itself",
    "services/dispatch/api/views.py": "an order's mark, to staff",
}


def judges_by_itself(module: Module) -> Iterator[str]:
    """Outlets read marks through the rule."""
    if not _is_outlet(module.path) or module.path in SAYS:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in MARKS:
            yield f"reads .{node.attr} (line {node.lineno})"


def covers_by_itself(module: Module) -> Iterator[str]:
    """Personal data is covered when a text is written (`public_words`), and for good when its people are forgotten."""
    if module.path in ("shared/readers.py", "services/intake/domain/retention.py"):
        return
    yield from (f"calls {name}" for name, _ in module.calls() if name.rpartition(".")[2] == "mask_text")


def _is_outlet(path: str) -> bool:
    """What shows something to somebody: HTTP, pages, and everything of notify."""
    parts = path.split("/")
    return parts[0] == "services" and (parts[1] == "notify" or {"api", "pages", "access.py"} & set(parts[2:3]) != set())


@pytest.mark.parametrize("rule", [judges_by_itself, covers_by_itself])
def test_no_outlet_has_a_rule_of_its_own(rule: object) -> None:
    assert callable(rule)
    wrong = [f"{module.path} {fault}" for module in modules("services", "shared") for fault in rule(module)]
    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


def test_no_template_judges_by_itself() -> None:
    templates = [*ROOT.glob("services/*/pages/templates/*.html"), *ROOT.glob("services/*/channels/*.html")]
    assert templates
    wrong = [name for path in templates if _mentions(path) and (name := f"{path.relative_to(ROOT)}") not in SAYS]
    assert not wrong


def test_every_exception_is_still_needed() -> None:
    assert [path for path in SAYS if not _mentions(ROOT / path)] == []


def _mentions(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(f".{mark}" in text for mark in MARKS)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (judges_by_itself, "services/intake/api/reports.py", "caches = 'private' if report.sensitive else 'public'"),
        (judges_by_itself, "services/notify/wording.py", "if notice.data.sensitive: pass"),
        (covers_by_itself, "services/intake/api/views.py", "text = mask_text(report.text)"),
    ],
)
def test_a_rule_of_its_own_is_found(rule: object, path: str, source: str) -> None:
    assert callable(rule)
    assert list(rule(parse(path, source)))
