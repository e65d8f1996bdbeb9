"""Habits that no linter holds: no clock in the domain, nothing swallowed, files that fit a screen or three."""

import ast
from collections.abc import Callable, Iterator

import pytest

from shared.telemetry.logs import PERSONAL
from tests.support.source import Module, modules, parse

Rule = Callable[[Module], Iterator[str]]

LONGEST = 250  # lines; a longer file splits by subject
LONG_FOR_A_REASON: dict[str, str] = {}  # path: why it is better whole
NO_PARTICIPLES = {"need", "feed", "seed", "embed", "proceed", "exceed", "bring", "string", "ring", "ping", "standing"}
PARTICIPLES = {
    "told",
    "drawn",
    "shown",
    "kept",
    "seen",
    "sent",
    "made",
    "given",
    "taken",
    "known",
    "held",
    "said",
    "done",
    "built",
    "chosen",
    "begun",
}
NAMED_OTHERWISE = {
    "unpublished": "a query of the kernel's stores, named in logs and figures by what it yields",
    "unsaved": "what a batch holds back, by the word that the batch has for it",
}  # function: why it is no verb
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def no_clock_in_domain(module: Module) -> Iterator[str]:
    """Time comes into the domain as an argument: a decision replayed later must be the same."""
    if "/domain/" not in module.path:
        return
    for name, _ in module.calls():
        if name.rpartition(".")[2] in {"now", "utcnow", "today", "time", "monotonic", "time_ns"} and name != "time":
            yield f"calls {name}"


def no_waiting_in_domain(module: Module) -> Iterator[str]:
    """The domain is synchronous."""
    if "/domain/" not in module.path:
        return
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    yield from (f"line {node.lineno} waits" for node in ast.walk(module.tree) if isinstance(node, waiting))


def nothing_swallowed(module: Module) -> Iterator[str]:
    """A broad `except` only in the kernel and in HTTP's last resort, or where the last thing it does is to raise."""
    if module.path.startswith("shared/kernel/") or module.path == "shared/web/last_resort.py":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _broad(node.type) and not _raises_again(node):
            yield f"line {node.lineno} catches everything"
    for name, call in module.calls():
        if name.rpartition(".")[2] == "suppress" and any(map(_broad, call.args)):
            yield f"line {call.lineno} suppresses everything"


def _broad(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(_broad(one) for one in kind.elts)
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and (last.exc is None or _names(last.cause, handler.name))


def _names(cause: ast.expr | None, name: str | None) -> bool:
    return isinstance(cause, ast.Name) and cause.id == name


def print_in_commands(module: Module) -> Iterator[str]:
    """`print` only in modules that are a command, that is, have a `main`; services log."""
    command = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in module.tree.body)
    yield from (f"line {call.lineno} prints" for name, call in module.calls() if name == "print" and not command)


def says_why_it_exists(module: Module) -> Iterator[str]:
    """Every module begins with what it is for."""
    if not ast.get_docstring(module.tree):
        yield "has no docstring"


def fits(module: Module) -> Iterator[str]:
    """A file passes 250 lines only with a reason in `LONG_FOR_A_REASON`."""
    if module.lines > LONGEST and module.path not in LONG_FOR_A_REASON:
        yield f"has {module.lines} lines"


def logs_what_an_error_says(module: Module) -> Iterator[str]:
    """A line with an error's class alone says `Transient` to whoever reads it at night; `say_error` has the words."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Dict):
            yield from (f"line {value.lineno} logs a class" for value in node.values
                        if isinstance(value, ast.Attribute) and value.attr == "__name__")  # fmt: skip


def logs_no_person(module: Module) -> Iterator[str]:
    """A log call adds no field that would hold a person's data; at run time it would be refused as well."""
    for name, call in module.calls():
        if name.rpartition(".")[2] not in LOG_METHODS:
            continue
        for keyword in call.keywords:
            if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
                fields = {str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)}
                yield from (f"line {call.lineno} logs {field}" for field in sorted(fields & PERSONAL))


def says_what_it_does(module: Module) -> Iterator[str]:
    """A function is a verb with its object; a participle (`told`, `is_kept`) is for what is true or false."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in NAMED_OTHERWISE:
            word, had = node.name.removeprefix("_").partition("_")[0], [ast.unparse(one) for one in node.decorator_list]
            answers = node.returns is not None and ast.unparse(node.returns) == "bool"
            if _is_participle(word) and not answers and not any("property" in one for one in had):
                yield f"line {node.lineno} calls a function {node.name}"


def _is_participle(word: str) -> bool:
    return word not in NO_PARTICIPLES and (word in PARTICIPLES or (len(word) > 4 and word.endswith(("ed", "ing"))))


SAMPLES: list[tuple[Rule, str, str]] = [
    (no_clock_in_domain, "services/intake/domain/report.py", "due = datetime.now(UTC)"),
    (no_clock_in_domain, "services/intake/domain/report.py", "day = date.today()"),
    (no_clock_in_domain, "services/intake/domain/report.py", "from time import time_ns\nat = time_ns()"),
    (no_waiting_in_domain, "services/intake/domain/report.py", "async def decide(): ..."),
    (nothing_swallowed, "services/intake/handlers.py", "try: f()\nexcept Exception: log(1)"),
    (nothing_swallowed, "services/intake/handlers.py", "try: f()\nexcept: pass"),
    (nothing_swallowed, "services/intake/handlers.py", "try: f()\nexcept (ValueError, Exception): pass"),
    (nothing_swallowed, "services/intake/handlers.py", "try: f()\nexcept Exception: raise Reject from None"),
    (nothing_swallowed, "services/intake/handlers.py", "with suppress(Exception): f()"),
    (print_in_commands, "services/intake/handlers.py", "print('here')"),
    (says_why_it_exists, "services/intake/handlers.py", "x = 1"),
    (fits, "services/intake/handlers.py", "\n" * 251),
    (logs_what_an_error_says, "services/n/x.py", 'log.info("away", extra={"error": type(error).__name__})'),
    (logs_what_an_error_says, "services/n/x.py", 'about = {"why": type(error).__name__}'),
    (logs_no_person, "services/notify/handlers.py", 'log.info("sent", extra={"email": to})'),
    (says_what_it_does, "services/notify/x.py", "def _told(case: Case) -> Event: ..."),
    (says_what_it_does, "services/notify/x.py", "async def shared_rows() -> list[str]: ..."),
    (says_what_it_does, "services/notify/x.py", "def drawing(): ..."),
]
GOOD = '''"""Why."""
def told(case: Case) -> bool: ...
def need_case(case: Case) -> Case: ...
def decide(at: datetime, starts: time) -> datetime:
    try:
        log.info("decided", extra={"case": 1})
        return combine(at, time(8, 30))
    except ValueError:
        raise
    except BaseException as error:
        raise RuntimeError from error
'''


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in SAMPLES), ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_habit(rule: Rule) -> None:
    source = (
        modules("services", "shared") if rule is print_in_commands else modules("services", "shared", "deploy", "tools")
    )
    wrong = [f"{module.path} {fault}" for module in source for fault in rule(module)]

    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


@pytest.mark.parametrize(("rule", "path", "sample"), SAMPLES)
def test_the_rule_finds_its_sample(rule: Rule, path: str, sample: str) -> None:
    assert list(rule(parse(path, sample)))


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in SAMPLES), ids=lambda rule: rule.__name__)
def test_the_rule_lets_a_good_module_pass(rule: Rule) -> None:
    assert not list(rule(parse("services/intake/domain/report.py", GOOD)))


def test_every_exception_to_the_length_is_still_needed() -> None:
    lengths = {module.path: module.lines for module in modules("services", "shared", "deploy", "tools")}

    assert not [path for path in LONG_FOR_A_REASON if lengths.get(path, 0) <= LONGEST]
