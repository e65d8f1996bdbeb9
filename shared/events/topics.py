"""Every Kafka topic, derived from the catalogue; brokers, the README's event map and the integrators' page follow it.

`onestop topics create|list|check` makes them on a broker or compares them with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.events.catalogue import FAMILIES, INTERNAL_FAMILIES, PUBLIC_FAMILIES, SERVICES, Family

DAY_MS = 24 * 60 * 60 * 1000
FOREVER = -1
PARTITIONS = 12  # a group's largest number of consumers; never raised later, that would break the order per case

CONTACTS = "private.contacts.v1"


def internal(family: str) -> str:
    """What services tell each other: free text and exact places, no contacts."""
    return f"internal.{_need_family(family, INTERNAL_FAMILIES)}.v1"


def public(family: str) -> str:
    """The same events for everyone with a read ACL."""
    return f"public.{_need_family(family, PUBLIC_FAMILIES)}.v1"


def dlq(group: str) -> str:
    """The dead letters of a consumer group: the original bytes and headers, and why."""
    if group not in SERVICES:
        raise ValueError(f"no consumer group is called {group!r}: {', '.join(SERVICES)}")
    return f"private.{group}.dlq"


def _need_family(family: str, families: Sequence[str]) -> str:
    if family not in families:
        raise ValueError(f"no such family of events: {family!r} is none of {', '.join(families)}")
    return family


@dataclass(frozen=True)
class Topic:
    """A topic as it must be; `config` holds what goes beyond retention and clean-up, by Kafka's own names."""

    name: str
    partitions: int
    retention_ms: int
    cleanup: Literal["delete", "compact"]
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    config: Mapping[str, str] = field(default_factory=dict)

    def configs(self) -> dict[str, str]:
        """Everything that is set on the broker."""
        return {"cleanup.policy": self.cleanup, "retention.ms": str(self.retention_ms), **self.config}


# What compaction takes: a reader that was away for less than a week still sees every erasure, and what is erased, or
# replaced, is gone from the disk within about two days.
_COMPACTED = {
    "delete.retention.ms": str(7 * DAY_MS),
    "max.compaction.lag.ms": str(DAY_MS),
    "segment.ms": str(DAY_MS),
}


def _internal(family: Family) -> Topic:
    name, about = internal(family.name), (family.key, family.writers, family.readers)
    if family.newest_says_all:  # whoever reads from the beginning finds it, however long ago it was said
        return Topic(name, 1, FOREVER, "compact", *about, _COMPACTED)
    return Topic(name, PARTITIONS, 14 * DAY_MS, "delete", *about)


def _public(family: Family) -> Topic:
    return Topic(public(family.name), PARTITIONS, 30 * DAY_MS, "delete", family.key, family.writers, ("anyone",))


def _contacts(family: Family) -> Topic:
    return Topic(CONTACTS, PARTITIONS, FOREVER, "compact", family.key, family.writers, family.readers, _COMPACTED)


def _dlq(group: str) -> Topic:
    # A record of the broker's largest size (1 MiB) must find room with our notes beside it.
    return Topic(
        dlq(group),
        3,
        30 * DAY_MS,
        "delete",
        "as the original",
        (group,),
        ("operators",),
        {"max.message.bytes": str(2 * 1024 * 1024)},
    )


TOPICS: Mapping[str, Topic] = {
    topic.name: topic
    for topic in (
        *(_internal(FAMILIES[name]) for name in INTERNAL_FAMILIES),
        *(_public(FAMILIES[name]) for name in PUBLIC_FAMILIES),
        _contacts(FAMILIES["contacts"]),
        *(_dlq(service) for service in SERVICES),
    )
}
