"""The trail as an operator reads it."""

from datetime import UTC, datetime

import pytest

from shared.kernel.mongo_trail import TrailFilter
from shared.kernel.trail import Change, Line
from shared.people import Person
from tools.operate import audit
from tools.operate.audit import Found, _say_line

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
CASE = "01KB57W53GN6B2X8QK4HT9VR0M"
WHO = Person(sub="u-7", name="นภา รับเรื่อง", roles=frozenset({"officer"}))


def told(*changes: Change) -> str:
    return _say_line(Found("permits", Line("1", AT, None, "c", "MH-4K7T-29Q8", "accept", WHO, changes)))


def test_what_changed_is_said_as_the_town_says_it_and_not_as_python_does() -> None:
    said = told(Change("state", "submitted", "accepted"), Change("clock", None, {"due_at": AT, "lane": {"th": "ปกติ"}}))

    assert "MH-4K7T-29Q8  state: submitted → accepted; " in said
    assert said.endswith('clock: null → {"due_at":"2026-11-27T09:00:00Z","lane":{"th":"ปกติ"}}')


@pytest.mark.parametrize(("typed", "case", "reference"), [("mh-4k7t-29q8", None, "MH-4K7T-29Q8"), (CASE, CASE, None)])
def test_a_case_is_named_by_its_id_or_its_reference(
    typed: str, case: str | None, reference: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrailFilter] = []

    async def read(_settings: object, _services: object, wanted: TrailFilter, _most: int) -> list[Found]:
        asked.append(wanted)
        return []

    monkeypatch.setattr(audit, "read", read)
    assert audit.main(["--case", typed]) == 0
    assert [(one.case_id, one.reference) for one in asked] == [(case, reference)]


def test_a_time_and_a_number_are_said_as_programs_are_told() -> None:
    assert told(Change("due", AT, 3)).endswith('due: "2026-11-27T09:00:00Z" → 3')
