"""The command that makes topics says how a broker has them otherwise."""

import json

import pytest

from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from tools.operate.__main__ import main
from tools.operate.acls import OPERATORS
from tools.operate.topics import Found, copies_of, differences, draw_table, list_lacks, new_topic

REPORTS = TOPICS["internal.reports.v1"]


def as_wanted() -> Found:
    return Found(REPORTS.partitions, REPORTS.configs())


def test_a_topic_as_wanted_has_no_differences() -> None:
    assert differences(REPORTS, as_wanted()) == []


def test_each_difference_is_told() -> None:
    assert differences(REPORTS, None) == ["it is missing"]
    drifted = Found(3, REPORTS.configs() | {"retention.ms": "1000"})
    assert differences(REPORTS, drifted) == [
        "it has 3 partitions instead of 12 (they are never changed)",
        "retention.ms is 1000 instead of 1209600000",
    ]


def found(copies: int, acknowledged_by: str) -> Found:
    return Found(REPORTS.partitions, REPORTS.configs() | {"min.insync.replicas": acknowledged_by}, copies)


def test_as_many_copies_as_there_are_brokers_and_three_at_most() -> None:
    assert [copies_of(brokers) for brokers in (1, 2, 3, 5)] == [1, 2, 3, 3]


@pytest.mark.parametrize("brokers", [1, 2, 3, 5])
def test_a_new_topic_is_kept_as_the_check_wants_it(brokers: int) -> None:
    made = new_topic("", REPORTS, copies_of(brokers))
    as_made = Found(made.num_partitions, made.topic_configs, made.replication_factor)
    assert [*differences(REPORTS, as_made), *list_lacks(as_made, copies_of(brokers))] == []


def test_fewer_copies_than_the_brokers_could_hold_are_told() -> None:
    assert list_lacks(found(1, "1"), 3) == [
        "each record is kept 1 times instead of 3: a lost disk takes acknowledged events along"
    ]
    assert list_lacks(found(1, "1"), 1) == []
    assert list_lacks(None, 3) == []


def test_one_copy_that_counts_as_acknowledged_is_told_where_there_are_more() -> None:
    assert list_lacks(found(3, "1"), 3) == ["min.insync.replicas is 1: one copy counts as acknowledged"]
    assert list_lacks(found(3, "2"), 3) == []


def test_the_list_shows_every_topic_with_the_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "list", "--prefix", "maehia."]) == 0
    assert capsys.readouterr().out == draw_table("maehia.") + "\n"
    assert all(f"maehia.{name} " in draw_table("maehia.") for name in TOPICS)


def test_programs_are_answered_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "list", "--prefix", "maehia.", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in listed] == [f"maehia.{name}" for name in TOPICS]
    assert main(["topics", "acls", "--json"]) == 0
    assert {one["principal"] for one in json.loads(capsys.readouterr().out)} == {*SERVICES, OPERATORS}


def test_no_broker_is_said_clearly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "check", "--bootstrap", "127.0.0.1:1", "--wait", "0"]) == 2
    assert "Kafka at 127.0.0.1:1 gives no answer; `make up` starts it" in capsys.readouterr().err
