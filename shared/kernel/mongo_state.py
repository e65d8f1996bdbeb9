"""Of a case's state a write names only what a step changed: as much as it names goes into the database's journal, to
its replicas and to whoever follows it, and every index over it is looked at anew."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


def list_state_changes(kept: Mapping[str, Any] | None, state: Mapping[str, Any]) -> tuple[Document, Document, Document]:
    """What is to be set, what to be added at the ends of lists, and what to be taken out, by paths, so that `kept`, as
    it was read, becomes `state`. The guard by version sees to it that nobody else has changed it since."""
    if kept is None:
        return {"state": state}, {}, {}
    changed = {name: value for name, value in state.items() if name not in kept or kept[name] != value}
    gone = {f"state.{name}": "" for name in kept if name not in state}
    if not all(name.isidentifier() for name in {*changed, *kept.keys() - state.keys()}):
        return {"state": state}, {}, {}  # a name that a newer release gave, and no path
    named, grown = {}, {}
    for name, value in changed.items():
        before = kept.get(name)
        if before and isinstance(before, list) and isinstance(value, list) and value[: len(before)] == before:
            grown[f"state.{name}"] = value[len(before) :]
        else:
            named[f"state.{name}"] = value
    return named, grown, gone
