"""The topics' names and settings."""

import pytest

from shared.events.catalogue import EVENTS, FAMILIES, INTERNAL_FAMILIES, PUBLIC_FAMILIES, SERVICES
from shared.events.topics import CONTACTS, TOPICS, dlq, internal, public


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


def test_what_says_all_each_time_is_there_for_a_reader_that_comes_late() -> None:
    """Leave of three months, read from the beginning in its last week."""
    topic = TOPICS[internal("absences")]

    assert (topic.cleanup, topic.partitions, topic.retention_ms) == ("compact", 1, -1)
    assert [name for name, one in TOPICS.items() if one.cleanup == "compact"] == [topic.name, CONTACTS]


def test_contacts_are_compacted_and_erased_for_good() -> None:
    configs = TOPICS[CONTACTS].configs()
    assert configs["cleanup.policy"] == "compact"
    assert 0 < int(configs["max.compaction.lag.ms"]) <= int(configs["delete.retention.ms"])
