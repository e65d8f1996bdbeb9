"""What an import brings: a domain file no driver, broker, web framework or tracing, a use case no web framework."""

import json
import subprocess
import sys

import pytest

from deploy.local.machine import ROOT
from shared.events.catalogue import SERVICES

HEAVY = ("aiokafka", "bson", "fastapi", "faststream", "gridfs", "motor", "opentelemetry", "pymongo", "starlette")
WEB = {"fastapi", "starlette"}
IMPORT_EACH = """
import importlib, json, sys
heavy, brought = set(json.loads(sys.argv[1])), {}
for name in sys.argv[2:]:
    importlib.import_module(name)
    if new := sorted(heavy & sys.modules.keys()):
        brought[name] = new
        heavy -= set(new)
print(json.dumps(brought))
"""


def brought_by(*names: str) -> dict[str, list[str]]:
    """What heavy packages each of these modules is the first to bring, in one fresh process."""
    command = [sys.executable, "-c", IMPORT_EACH, json.dumps(HEAVY), *names]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    brought: dict[str, list[str]] = json.loads(run.stdout)
    return brought


def test_no_domain_file_brings_a_driver() -> None:
    files = sorted(ROOT.glob("services/*/domain/**/*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]

    assert len(names) > 20
    assert brought_by("shared.kernel", *names) == {}


def test_no_use_case_brings_the_web() -> None:
    """Whatever comes after pages and API (Open311, LINE, offline sync) calls commands without loading either."""
    files = ("commands", "bodies", "handlers", "timers", "store")
    names = [f"services.{service}.{file}" for service in SERVICES for file in files]
    brought = {name: sorted(WEB.intersection(heavy)) for name, heavy in brought_by(*names).items()}

    assert {name: web for name, web in brought.items() if web} == {}


@pytest.mark.parametrize("name", ["shared.kernel.service", "shared.kernel.failures"])
def test_what_does_bring_one_is_noticed(name: str) -> None:
    assert "aiokafka" in brought_by(name)[name]
