"""What a service refuses to start with stands in the operators' list, which says that it is all of it."""

import ast
import re
from collections.abc import Iterator
from typing import get_args

from shared.settings import Risk
from tests.support.source import ROOT, Module, modules, parse

PAGE = ROOT / "docs/operations/security.md"
_SETTING = re.compile(r"\b[A-Z]+_[A-Z_]+\b")


def table() -> str:
    """The rows."""
    return PAGE.read_text("utf-8").partition("## What a service refuses to start with")[2].partition("\n## ")[0]


def refused(module: Module) -> Iterator[str]:
    """The settings that a module finds unsafe: by its own `unsafe`, or as a `Finding` of what is never safe."""
    for node in ast.walk(module.tree):
        is_own = isinstance(node, ast.FunctionDef) and node.name == "unsafe"
        is_found = isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding"
        if is_own or is_found:
            said = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
            yield from (name for text in said if isinstance(text, str) for name in _SETTING.findall(text))


def test_every_setting_that_is_refused_is_listed() -> None:
    asked = [module for module in modules("services", "shared")
             if module.path.endswith("/settings.py") or module.path == "shared/web/safety.py"]  # fmt: skip
    found = {name for module in asked for name in refused(module)}

    assert {"SIGNATURE_SECRET", "SEAL_KEY_FILE", "PERMITS_URL", "TRUSTED_PROXIES"} <= found
    assert sorted(name for name in found if f"`{name}`" not in table() and f"`{name}=" not in table()) == []


def test_every_risk_that_may_be_accepted_is_listed_and_no_other() -> None:
    listed = set(re.findall(r"\| `([a-z-]+)` \|$", table(), re.MULTILINE))

    assert listed == set(get_args(Risk))


def test_what_is_refused_is_found() -> None:
    source = "def unsafe(self):\n    yield f'SMTP_URL={self.x} is open', ''\nFinding('RATE_LIMITS is off')"

    assert set(refused(parse("services/x/settings.py", source))) == {"SMTP_URL", "RATE_LIMITS"}
