"""The command that makes topics says how a broker has them otherwise."""

import pytest

from shared.events.topics import TOPICS
from tools.operate.topics import Found, differences, listing, main

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


def test_the_list_shows_every_topic_with_the_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--prefix", "maehia."]) == 0
    assert capsys.readouterr().out == listing("maehia.") + "\n"
    assert all(f"maehia.{name} " in listing("maehia.") for name in TOPICS)


def test_no_broker_is_said_clearly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--bootstrap", "127.0.0.1:1", "--wait", "0"]) == 2
    assert "Kafka at 127.0.0.1:1 gives no answer; `make up` starts it" in capsys.readouterr().err
