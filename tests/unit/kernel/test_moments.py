"""What a case waits for, when it is saved by releases that know more and less of it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.moments import Kept, Moment, as_documents, keep_failures, read_moments

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
RING, INSPECT = Moment("ring 80", AT + timedelta(hours=1)), Moment("inspect", AT)
CASE = "01JC0000000000000000000000"


def test_a_moment_that_only_a_newer_release_knows_stays_with_what_became_of_it() -> None:
    inspect = Kept(INSPECT, tries=2, rests_until=AT)

    assert keep_failures([], [Kept(RING), inspect], ["ring"]) == [inspect]
    assert keep_failures([RING], [inspect], ["ring"]) == [Kept(RING), inspect]


def test_a_moment_that_is_no_longer_wanted_goes() -> None:
    later = Moment("ring 100", AT)

    assert keep_failures([later], [Kept(RING, tries=1)], ["ring"]) == [Kept(later)]
    assert keep_failures([], [Kept(RING), Kept(INSPECT)], ["ring", "inspect"]) == []


def test_one_that_has_not_moved_keeps_its_failures() -> None:
    assert keep_failures([RING], [Kept(RING, tries=3)], ["ring"]) == [Kept(RING, tries=3)]


def test_a_release_waits_for_nothing_that_it_does_not_declare() -> None:
    with pytest.raises(ValueError, match="inspect"):
        keep_failures([INSPECT], [], ["ring"])


def test_what_one_release_knows_is_not_hidden_behind_what_another_does() -> None:
    document = as_documents(CASE, [Kept(RING), Kept(INSPECT), Kept(Moment("ring 100", AT + timedelta(hours=2)))])

    assert [(one["kind"], one["at"]) for one in document["wake"]] == [("inspect", INSPECT.at), ("ring", RING.at)]
    assert [one.moment.name for one in read_moments(document)] == ["ring 80", "inspect", "ring 100"]
