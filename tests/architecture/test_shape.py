"""Every service has one shape: the same names in the same places, so that whoever knows one knows where to look."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from shared.events.catalogue import SERVICES
from tests.support.source import ROOT, Module, modules, parse

Rule = Callable[[Module], Iterator[str]]

NEEDED = (
    "__init__.py", "app.py", "settings.py", "commands.py", "bodies.py", "access.py", "handlers.py", "timers.py",
    "store.py", "queries.py", "domain", "api", "pages",
)  # fmt: skip
# What stands at the top of a service, and nowhere below it.
AT_THE_TOP = {"app", "settings", "commands", "bodies", "access", "handlers", "timers", "store", "queries"}
COMMON = {"commands": "Desk", "access": "TheDesk", "store": "Store", "queries": "Filter"}  # defined in each of them
WEB = re.compile(r"(fastapi|starlette|shared\.web)\b")


def names_in_their_places(module: Module) -> Iterator[str]:
    """A file with one of the names that every service has stands at the service's top; refusals in its pages."""
    parts = module.path.split("/")
    name = parts[-1].removesuffix(".py")
    if parts[0] == "services" and name in AT_THE_TOP and len(parts) != 3:
        yield "belongs at the top of its service"
    if parts[0] == "services" and name == "refusals" and parts[2:-1] != ["pages"]:
        yield "belongs into the pages of its service"


def common_names(module: Module) -> Iterator[str]:
    """What every service has is called the same in each."""
    parts = module.path.removesuffix(".py").split("/")
    if parts[0] != "services" or len(parts) != 3 or parts[2] not in COMMON:
        return
    defined = {name for node in module.tree.body for name in _names_of(node)}
    if COMMON[parts[2]] not in defined:
        yield f"defines no {COMMON[parts[2]]}"


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def commands_know_no_web(module: Module) -> Iterator[str]:
    """The use cases are called by pages, API and whatever comes later: they raise `Reject`, never an HTTP answer."""
    if re.fullmatch(r"services/\w+/commands\.py", module.path):
        yield from (f"imports {name}" for name in module.imports() if WEB.match(name))


def commands_begin_with_the_desk(module: Module) -> Iterator[str]:
    """A use case is a plain async function whose first argument holds what all of them need."""
    if not re.fullmatch(r"services/\w+/commands\.py", module.path):
        return
    for node in module.tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            arguments = [*node.args.posonlyargs, *node.args.args]
            if not arguments or arguments[0].arg != "desk":
                yield f"{node.name} does not begin with the desk"


def bodies_say_what_they_do_with_unknown_fields(module: Module) -> Iterator[str]:
    """Pydantic drops unknown fields silently; a body, or its base in the file, refuses them or says that it ignores."""
    if not re.fullmatch(r"services/\w+/bodies\.py", module.path):
        return
    strict: set[str] = set()
    for node in (node for node in module.tree.body if isinstance(node, ast.ClassDef)):
        bases = {ast.unparse(base) for base in node.bases}
        if bases & strict or any("extra='" in ast.unparse(line) for line in node.body):
            strict.add(node.name)
        elif "BaseModel" in bases:
            yield f"{node.name} drops unknown fields silently"


def signatures_are_formatted(module: Module) -> Iterator[str]:
    """One layout for `def`: the formatter's."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            signature = module.text.splitlines()[node.lineno - 1 : node.body[0].lineno - 1]
            if any("# fmt: skip" in line for line in signature):
                yield f"line {node.lineno} keeps the formatter off {node.name}"


def signing_out_ends_sessions(module: Module) -> Iterator[str]:
    """A service that did not say where ended sessions are written would go on taking their cookies."""
    if re.fullmatch(r"services/\w+/app\.py", module.path) and "endings=service.ended_sessions" not in module.text:
        yield "does not pass its ended sessions to `create_web`"


SAMPLES: list[tuple[Rule, str, str]] = [
    (signing_out_ends_sessions, "services/intake/app.py", "app = create_web('intake', settings, town)"),
    (names_in_their_places, "services/intake/api/access.py", "x = 1"),
    (names_in_their_places, "services/intake/domain/store.py", "x = 1"),
    (names_in_their_places, "services/intake/api/refusals.py", "x = 1"),
    (common_names, "services/intake/access.py", "AtDesk = Annotated[Desk, Depends(desk_of)]"),
    (common_names, "services/intake/queries.py", "class Wanted: ..."),
    (commands_know_no_web, "services/intake/commands.py", "from shared.web import Problem"),
    (commands_know_no_web, "services/intake/commands.py", "from fastapi import Request"),
    (commands_begin_with_the_desk, "services/intake/commands.py", "async def merge_reports(store, who): ..."),
    (bodies_say_what_they_do_with_unknown_fields, "services/intake/bodies.py", "class Body(BaseModel):\n    text: str"),
    (signatures_are_formatted, "services/intake/commands.py", "def f(a,\n      b):  # fmt: skip\n    return a"),
]
GOOD = '''"""Why."""
from shared.kernel import Reject

class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

class Merge(Body):
    into: str

class Desk: ...

async def merge_reports(desk: Desk, who: Person) -> Case[Report]:
    table = (1,
             2)  # fmt: skip
    return _merge(table)

def _merge(table: object) -> None: ...
'''


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in SAMPLES), ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    source = modules("services", "shared", "deploy", "tools")
    wrong = [f"{module.path} {fault}" for module in source for fault in rule(module)]

    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


@pytest.mark.parametrize(("rule", "path", "sample"), SAMPLES)
def test_the_rule_finds_its_sample(rule: Rule, path: str, sample: str) -> None:
    assert list(rule(parse(path, sample)))


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in SAMPLES), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", ["services/intake/commands.py", "services/intake/bodies.py"])
def test_the_rule_lets_a_good_module_pass(rule: Rule, path: str) -> None:
    assert not list(rule(parse(path, GOOD)))


def test_the_catalogue_names_every_service() -> None:
    folders = {file.parent.name for file in (ROOT / "services").glob("*/__init__.py")}

    assert folders == set(SERVICES), "SERVICES of shared/events/catalogue.py; docs/new-service.md says what else"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_all_that_each_of_them_has(service: str) -> None:
    missing = [name for name in NEEDED if not (ROOT / "services" / service / name).exists()]

    assert not missing


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("path", "start"), [
    ("handlers.py", "def subscribe(service: Service, desk: Desk) -> None:"),
    ("timers.py", "def schedule(service: Service, desk: Desk) -> None:"),
    ("pages/refusals.py", "def say_refusal(request: Request, "),
])  # fmt: skip
def test_what_every_service_has_goes_by_one_name(service: str, path: str, start: str) -> None:
    file = ROOT / "services" / service / path

    assert not file.exists() or start in file.read_text("utf-8")
