"""Who may import whom. Each rule is a function from a module to what it does wrong, and is shown a sample of that."""

import re
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.source import Module, modules, parse

Rule = Callable[[Module], Iterator[str]]

# What a package of `shared` may build on; the order is the layering, nothing points upwards.
SHARED: dict[str, set[str]] = {
    "calendar": {"calendar"},
    "telemetry": {"release", "settings", "telemetry"},
    "events": {"events", "readers"},
    "town": {"calendar", "emails", "events", "town", "words"},
    "kernel": {"brokers", "events", "hosts", "people", "settings", "telemetry", "kernel"},
    "neighbour_links.py": {"references"},
    "maps": {"town", "words", "maps"},
    "web": {
        "events",
        "kernel",
        "maps",
        "settings",
        "telemetry",
        "town",
        "web",
        "words",
        "people",
        "references",
        "times",
        "hosts",
        "release",
        "slots",
    },
    "words": {"words"},
    "agency_links.py": {"secret_links"},
    "broker_tokens.py": set(),
    "consult_links.py": {"secret_links"},
    "brokers.py": {"broker_tokens"},
    "documents": {"documents", "files"},
    "emails.py": set(),
    "hosts.py": set(),
    "people.py": set(),
    "readers.py": {"words"},
    "files": {"files", "kernel", "slots", "telemetry"},
    "references.py": {"words"},
    "release.py": set(),
    "secret_links.py": set(),
    "settings.py": {"brokers"},
    "slots.py": set(),
    "times.py": {"events"},
}
# Standard modules that reach out of the process, or answer differently each time.
IMPURE = {
    "asyncio", "concurrent", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib",
    "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
DRIVERS = {"motor", "pymongo", "bson", "gridfs"}
BROKERS = {"aiokafka", "faststream"}
WEB = {"fastapi", "starlette"}
# A decision takes its cause, may refuse, and returns a step: the kernel's words, not its machinery.
KERNEL_WORDS = {"Cause", "Erase", "Lenient", "Moment", "Reject", "Step", "StoredModel", "fingerprint"}


def _top(name: str) -> str:
    return name.partition(".")[0]


def _uses(module: Module, packages: set[str]) -> list[str]:
    return sorted({name for name in module.imports() if _top(name) in packages})


def services_apart(module: Module) -> Iterator[str]:
    """A service imports no other service; `shared` imports none; nothing that runs imports a tool."""
    own = ".".join(module.package.split(".")[:2]) if module.path.startswith("services/") else None
    for name in module.imports():
        if name.startswith("services.") and ".".join(name.split(".")[:2]) != own:
            yield f"imports {name}"
        if _top(name) == "tools":
            yield f"imports {name}"


def nobody_imports_app(module: Module) -> Iterator[str]:
    """`app.py` is the top of a service; only the server and tests open it."""
    yield from (f"imports {name}" for name in module.imports() if re.match(r"services\.\w+\.app\b", name))


def shared_in_layers(module: Module) -> Iterator[str]:
    """Packages of `shared` build on each other in one direction."""
    parts = module.path.split("/")
    allowed = SHARED.get(parts[1]) if parts[0] == "shared" else None
    for name in module.imports():
        if allowed is not None and name.startswith("shared.") and name.split(".")[1] not in allowed:
            yield f"imports {name}"


def domain_is_pure(module: Module) -> Iterator[str]:
    """`domain/` imports quiet standard modules, pydantic, geometry, events, calendar, town, the rule of who reads what,
    what folds and masks words, and itself."""
    if "/domain/" not in module.path:
        return
    own = f"services.{module.path.split('/')[1]}.domain"
    for name in module.imports():
        quiet = _top(name) in sys.stdlib_module_names and _top(name) not in IMPURE
        near = name == own or name.startswith(
            (
                f"{own}.",
                "shared.events",
                "shared.calendar",
                "shared.emails",
                "shared.people",
                "shared.readers",
                "shared.town",
                "shared.words.",
            )
        )
        word = name.startswith("shared.kernel.") and name.rpartition(".")[2] in KERNEL_WORDS
        if not (quiet or near or word or _top(name) in {"pydantic", "pyproj", "shapely"}):
            yield f"imports {name}"


def driver_in_store(module: Module) -> Iterator[str]:
    """The database driver only in `store.py` (and `<what>_store.py`), in the kernel and where clients are built."""
    if re.fullmatch(r"services/\w+/(\w+_store|store|app)\.py", module.path) or module.path.startswith("shared/kernel/"):
        return
    yield from (f"imports {name}" for name in _uses(module, DRIVERS))


def broker_in_kernel(module: Module) -> Iterator[str]:
    """Kafka's client only in `handlers.py`, `app.py`, the kernel and what signs it in; commands of `tools` may too."""
    if re.fullmatch(r"services/\w+/(handlers|app)\.py|shared/(kernel/.+|broker_tokens\.py)", module.path):
        return
    yield from (f"imports {name}" for name in _uses(module, BROKERS))


def web_at_the_edge(module: Module) -> Iterator[str]:
    """FastAPI only in `api/`, `pages/`, `access.py`, `app.py`, `shared/web`, and what measures requests."""
    if re.match(r"services/\w+/(api/|pages/|app\.py|access\.py)|shared/web/|shared/telemetry/http\.py", module.path):
        return
    yield from (f"imports {name}" for name in _uses(module, WEB))


def environment_in_settings(module: Module) -> Iterator[str]:
    """The environment is read by settings classes only."""
    if module.path.endswith("settings.py"):
        return
    calls = [name for name, _ in module.calls()]
    yield from (f"calls {name}" for name in calls if name.startswith(("os.environ", "os.getenv", "environ.")))


def test_every_part_of_shared_has_its_layer() -> None:
    parts = {module.path.split("/")[1] for module in modules("shared")} - {"__init__.py"}

    assert parts == set(SHARED)


RULES: list[tuple[Rule, str, str]] = [
    (services_apart, "services/intake/handlers.py", "from services.dispatch.domain import routing"),
    (services_apart, "shared/web/nav.py", "import services.intake"),
    (services_apart, "shared/kernel/dlq.py", "from tools.operate import dlq"),
    (nobody_imports_app, "services/intake/api/reports.py", "from services.intake.app import create_app"),
    (shared_in_layers, "shared/events/base.py", "from shared.kernel import Case"),
    (shared_in_layers, "shared/words/catalogue.py", "from shared.web import language_of"),
    (shared_in_layers, "shared/references.py", "from shared.web import Problem"),
    (shared_in_layers, "shared/kernel/case.py", "def late():\n    from shared.web import page"),
    (domain_is_pure, "services/intake/domain/report.py", "import random"),
    (domain_is_pure, "services/intake/domain/report.py", "from pathlib import Path"),
    (domain_is_pure, "services/intake/domain/report.py", "from services.intake.store import Store"),
    (domain_is_pure, "services/intake/domain/report.py", "from shared.kernel import Service"),
    (domain_is_pure, "services/intake/domain/report.py", "from fastapi import Request"),
    (driver_in_store, "services/intake/handlers.py", "from motor.motor_asyncio import AsyncIOMotorClient"),
    (driver_in_store, "services/intake/domain/store.py", "import pymongo"),
    (broker_in_kernel, "services/intake/api/reports.py", "from aiokafka import AIOKafkaProducer"),
    (web_at_the_edge, "services/intake/store.py", "from fastapi import HTTPException"),
    (web_at_the_edge, "services/intake/handlers.py", "import starlette.responses"),
    (environment_in_settings, "services/intake/app.py", "import os\nkey = os.environ.get('KEY')"),
]
GOOD = """
from datetime import datetime
from math import hypot
from pydantic import BaseModel
from shapely.geometry import Point
from services.intake.domain.duplicates import merge
from shared.calendar import WorkingCalendar
from shared.events.reports import ReportSubmitted
from shared.kernel import Cause, Reject, Step
"""


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    wrong = [f"{module.path} {fault}" for module in modules("services", "shared") for fault in rule(module)]

    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


@pytest.mark.parametrize(("rule", "path", "source"), RULES, ids=[f"{rule.__name__}:{src}" for rule, _, src in RULES])
def test_the_rule_finds_its_sample(rule: Rule, path: str, source: str) -> None:
    assert list(rule(parse(path, source)))


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_rule_lets_a_good_module_pass(rule: Rule) -> None:
    assert not list(rule(parse("services/intake/domain/report.py", GOOD)))
