"""A write of a state names what differs from what is stored, and leads to the state."""

from copy import deepcopy
from typing import Any

import pytest

from shared.kernel.mongo_state import list_state_changes

KEPT = {"text": "ท่อแตก", "zone": "z1", "timeline": [{"at": 1}], "answers": {"since": "today"}, "photos": [], "old": 1}


def applied(kept: dict[str, Any], named: dict[str, Any], grown: dict[str, Any], gone: dict[str, Any]) -> dict[str, Any]:
    """As the database does it."""
    document: dict[str, Any] = {"state": deepcopy(kept)}
    for path, added in grown.items():
        document["state"][path.removeprefix("state.")].extend(added)
    for path, value in named.items():
        place, _, name = path.rpartition(".")
        (document[place] if place else document)[name] = value
    for path in gone:
        del document["state"][path.removeprefix("state.")]
    state: dict[str, Any] = document["state"]
    return state


@pytest.mark.parametrize(
    ("state", "named", "grown", "gone"),
    [
        (KEPT, set(), set(), set()),
        ({**KEPT, "zone": None}, {"state.zone"}, set(), set()),
        ({**KEPT, "timeline": [{"at": 1}, {"at": 2}]}, set(), {"state.timeline"}, set()),
        ({**KEPT, "timeline": [{"at": 2}, {"at": 1}]}, {"state.timeline"}, set(), set()),
        ({**KEPT, "timeline": []}, {"state.timeline"}, set(), set()),
        ({**KEPT, "photos": ["a"]}, {"state.photos"}, set(), set()),
        ({**KEPT, "text": ["ท่อแตก"]}, {"state.text"}, set(), set()),
        ({**KEPT, "answers": {}}, {"state.answers"}, set(), set()),
        ({**KEPT, "new": []}, {"state.new"}, set(), set()),
        ({name: value for name, value in KEPT.items() if name != "old"}, set(), set(), {"state.old"}),
        ({**KEPT, "a.path": 1}, {"state"}, set(), set()),
        ({**KEPT, "$set": 1}, {"state"}, set(), set()),
        ({**KEPT, "": 1}, {"state"}, set(), set()),
    ],
)
def test_only_what_differs_is_named(state: dict[str, Any], named: set[str], grown: set[str], gone: set[str]) -> None:
    changes = list_state_changes(KEPT, state)
    assert tuple(map(set, changes)) == (named, grown, gone)
    assert applied(KEPT, *changes) == state


def test_what_is_not_known_to_be_stored_is_written_whole() -> None:
    assert list_state_changes(None, KEPT) == ({"state": KEPT}, {}, {})
