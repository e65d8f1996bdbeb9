"""Reads and tries somebody's rules in a process of its own (`shared/files/apart.py`): what they make their reader do
costs that process alone, and ends with it. `python -m services.dispatch.rules_apart check FOLDER FILE` or `route FILE`.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.dispatch.domain.routing import Facts, Routed, decide
from shared.files.limited import answer
from shared.town.loader import Most, examine_rules
from shared.town.models import Routing

RULES_MOST = 300
MEMORY_MOST = 384 * 1024**2  # bytes of address space, in the container of a service; the worst file known takes half
VALUES_MOST = 8000  # words, codes and conditions: what a check costs grows with their square
Ways = TypeAdapter(list[tuple[Routed, Routed]])  # by the present rules, and by the changed ones


class Asked(BaseModel):
    """Cases to send on their way by both."""

    model_config = ConfigDict(frozen=True)

    present: Routing
    changed: Routing
    cases: Sequence[Facts]


def _check(folder: str, file: str) -> Mapping[str, Any]:
    text = Path(file).read_text("utf-8")
    town, problems, advice = examine_rules(Path(folder), text, most=Most(RULES_MOST, VALUES_MOST))
    usable = town.routing.model_dump(mode="json") if town and not problems else None
    return {"routing": usable, "problems": [*map(asdict, problems)], "advice": [*map(asdict, advice)]}


def _route(file: str) -> Mapping[str, Any]:
    asked = Asked.model_validate_json(Path(file).read_bytes())
    ways = [(decide(asked.present, facts), decide(asked.changed, facts)) for facts in asked.cases]
    return {"ways": Ways.dump_python(ways, mode="json")}


def _work() -> Mapping[str, Any]:
    what, *files = sys.argv[1:]
    return _check(*files) if what == "check" else _route(*files)


if __name__ == "__main__":
    answer(_work, memory=MEMORY_MOST)
