"""Of a case's state a write names only what a step changed: as much as it names goes into the database's journal, to
its replicas and to whoever follows it, and every index over it is looked at anew."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


def state_changes(kept: Mapping[str, Any] | None, state: Mapping[str, Any]) -> tuple[Document, Document]:
    """What is to be set and what to be taken out, by paths, so that `kept`, as it was read, becomes `state`. The guard
    by version sees to it that nobody else has changed it since."""
    if kept is None:
        return {"state": state}, {}
    changed = {name: value for name, value in state.items() if name not in kept or kept[name] != value}
    gone = [name for name in kept if name not in state]
    if not all(name.isidentifier() for name in (*changed, *gone)):  # a name that a newer release gave, and no path
        return {"state": state}, {}
    return {f"state.{name}": value for name, value in changed.items()}, {f"state.{name}": "" for name in gone}
