"""AsyncAPI's own model generator makes usable classes of our documents: each type under its name, and they compile."""

import json
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.javascript import run_node
from tools.contract.schemas import INTEGRATORS
from tools.contract.shapes import Shape, shapes

GENERATOR = Path(__file__).with_name("generate_models.mjs")
WHOLE, PUBLIC = INTEGRATORS / "asyncapi.yaml", INTEGRATORS / "asyncapi-public.yaml"
PUBLIC_SHAPES = [shape for shape in shapes() if shape.topic.startswith("public.")]
_HEAD = "from enum import Enum\nfrom typing import Any, Dict, List, Optional, Sequence, Set, Tuple, Union\n"


@pytest.fixture(scope="module")
def generated() -> Mapping[str, dict[str, Any]]:
    lines = [json.loads(line) for line in run_node(GENERATOR, WHOLE, PUBLIC).splitlines()]
    return {Path(line["path"]).name: line for line in lines}


@pytest.fixture(scope="module")
def module(generated: Mapping[str, dict[str, Any]]) -> ModuleType:
    """The Python classes of the public document, loaded."""
    source = _HEAD + "\n".join(code for _, code in generated[PUBLIC.name]["python"])
    made = ModuleType("generated")
    # Classes name each other in any order; an importing module would have each in a file of its own.
    exec(compile("from __future__ import annotations\n" + source, "generated.py", "exec"), made.__dict__)
    return made


@pytest.mark.parametrize("path", [WHOLE, PUBLIC], ids=lambda path: path.name)
def test_every_type_keeps_its_name(generated: Mapping[str, dict[str, Any]], path: Path) -> None:
    told = generated[path.name]
    every = shapes() if path == WHOLE else PUBLIC_SHAPES
    expected = {shape.schema["title"] for shape in every}
    expected |= {name for shape in every for name in shape.schema.get("$defs", {})}
    for names in ([name for name, _ in told["python"]], told["typescript"]):
        assert len(set(names)) == len(names)
        assert expected <= set(names)
        assert not [name for name in names if re.search("anonymous", name, re.IGNORECASE)]


@pytest.mark.parametrize("path", [WHOLE, PUBLIC], ids=lambda path: path.name)
def test_the_typescript_classes_compile(generated: Mapping[str, dict[str, Any]], path: Path) -> None:
    assert generated[path.name]["complaints"] == []


@pytest.mark.parametrize("shape", PUBLIC_SHAPES, ids=lambda shape: shape.event_type)
def test_the_python_classes_read_the_examples(module: ModuleType, shape: Shape) -> None:
    made = getattr(module, shape.schema["title"])(shape.example["value"])
    for name, value in shape.example["value"].items():
        if isinstance(value, str | int | float):
            read = getattr(made, name, getattr(made, f"reserved_{name}", None))
            assert (read.value if isinstance(read, Enum) else read) == value
