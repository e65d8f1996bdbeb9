"""A write of a state names what differs from what is stored, and leads to the state."""

from copy import deepcopy
from typing import Any

import pytest

from shared.kernel.mongo_state import state_changes

KEPT = {"text": "ท่อแตก", "zone": "z1", "timeline": [{"at": 1}], "answers": {"since": "today"}, "old": 1}


def applied(kept: dict[str, Any], named: dict[str, Any], gone: dict[str, Any]) -> dict[str, Any]:
    """As the database does it."""
    document: dict[str, Any] = {"state": deepcopy(kept)}
    for path, value in named.items():
        place, _, name = path.rpartition(".")
        (document[place] if place else document)[name] = value
    for path in gone:
        del document["state"][path.removeprefix("state.")]
    state: dict[str, Any] = document["state"]
    return state


@pytest.mark.parametrize(
    ("state", "named", "gone"),
    [
        (KEPT, set(), set()),
        ({**KEPT, "zone": None}, {"state.zone"}, set()),
        ({**KEPT, "timeline": [{"at": 1}, {"at": 2}]}, {"state.timeline"}, set()),
        ({**KEPT, "answers": {}}, {"state.answers"}, set()),
        ({**KEPT, "new": []}, {"state.new"}, set()),
        ({name: value for name, value in KEPT.items() if name != "old"}, set(), {"state.old"}),
        ({**KEPT, "a.path": 1}, {"state"}, set()),
        ({**KEPT, "$set": 1}, {"state"}, set()),
        ({**KEPT, "": 1}, {"state"}, set()),
    ],
)
def test_only_what_differs_is_named(state: dict[str, Any], named: set[str], gone: set[str]) -> None:
    changes = state_changes(KEPT, state)
    assert tuple(map(set, changes)) == (named, gone)
    assert applied(KEPT, *changes) == state


def test_what_is_not_known_to_be_stored_is_written_whole() -> None:
    assert state_changes(None, KEPT) == ({"state": KEPT}, {})
