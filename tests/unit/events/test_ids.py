"""Ids: new ones sort, derived ones are the same every time."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import PATTERNS
from shared.events.ids import derive_id, first_id, new_id

ULID = re.compile(PATTERNS["id"])


def test_new_ids_are_ulids_and_never_twice() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(ULID.fullmatch(one) for one in ids)


@given(st.from_regex(PATTERNS["id"], fullmatch=True), st.lists(st.text(max_size=10), max_size=3))
def test_a_derived_id_is_a_ulid_beside_its_parent(parent: str, names: list[str]) -> None:
    derived = derive_id(parent, *names)
    assert ULID.fullmatch(derived)
    assert derived[:10] == parent[:10]
    assert derived == derive_id(parent, *names)


def test_other_names_give_other_ids() -> None:
    parent = new_id()
    found = {derive_id(parent), derive_id(parent, "a"), derive_id(parent, "b"), derive_id(parent, "a", "b")}
    assert len(found | {derive_id(parent, "ab")}) == 5


def test_the_first_id_of_a_moment_parts_what_came_before_from_what_came_since() -> None:
    whole = datetime.now(UTC).replace(microsecond=0)
    earlier, later = whole - timedelta(milliseconds=1), whole + timedelta(milliseconds=1)

    assert first_id(earlier) < first_id(whole) < derive_id(first_id(whole), "work-order") < first_id(later)
    assert first_id(whole - timedelta(hours=1)) < new_id() < first_id(whole + timedelta(hours=1))
    assert ULID.fullmatch(first_id(whole))
