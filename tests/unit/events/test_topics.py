"""The topics' names and settings, and what the command says about a broker that has them otherwise."""

import pytest

from shared.events.catalogue import EVENTS, FAMILIES, INTERNAL_FAMILIES, PUBLIC_FAMILIES, SERVICES
from shared.events.topic_admin import Found, differences, listing, main
from shared.events.topics import CONTACTS, TOPICS, dlq, internal, public

REPORTS = TOPICS["internal.reports.v1"]


def as_wanted() -> Found:
    return Found(REPORTS.partitions, REPORTS.configs())


def test_names_follow_visibility_family_version() -> None:
    assert internal("work-orders") == "internal.work-orders.v1"
    assert public("reports") == "public.reports.v1"
    assert dlq("notify") == "private.notify.dlq"


@pytest.mark.parametrize("wrong", ["contacts", "report", ""])
def test_a_family_without_such_a_topic_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no such family of events"):
        internal(wrong)
    with pytest.raises(ValueError, match="no such family of events"):
        public(wrong)
    with pytest.raises(ValueError, match="no consumer group"):
        dlq(wrong)


def test_notices_are_for_the_services_alone() -> None:
    assert internal("notices") == "internal.notices.v1"
    with pytest.raises(ValueError, match="no such family of events"):
        public("notices")


def test_every_family_has_its_topics_and_every_group_its_dead_letters() -> None:
    expected = {internal(name) for name in INTERNAL_FAMILIES} | {public(name) for name in PUBLIC_FAMILIES}
    expected |= {CONTACTS} | {dlq(service) for service in SERVICES}
    assert set(TOPICS) == expected


def test_writers_and_readers_of_topics_are_the_catalogues() -> None:
    for name in INTERNAL_FAMILIES:
        family, topic = FAMILIES[name], TOPICS[internal(name)]
        assert (topic.writers, topic.readers, topic.key) == (family.writers, family.readers, family.key)
    for name in PUBLIC_FAMILIES:
        family, topic, shown = FAMILIES[name], TOPICS[internal(name)], TOPICS[public(name)]
        assert (shown.writers, shown.key, shown.partitions) == (family.writers, family.key, topic.partitions)
    assert TOPICS[CONTACTS].readers == ("notify",)


def test_every_event_belongs_to_the_family_that_carries_it() -> None:
    for name, family in FAMILIES.items():
        for event in family.events:
            assert event.family == name
            assert EVENTS[event.type] is event
    assert len(EVENTS) == sum(len(family.events) for family in FAMILIES.values())


def test_contacts_are_compacted_and_erased_for_good() -> None:
    configs = TOPICS[CONTACTS].configs()
    assert configs["cleanup.policy"] == "compact"
    assert 0 < int(configs["max.compaction.lag.ms"]) <= int(configs["delete.retention.ms"])


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
    assert "no Kafka at 127.0.0.1:1 after 0 s" in capsys.readouterr().err
