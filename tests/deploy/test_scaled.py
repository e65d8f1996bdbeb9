"""Workers are scaled by somebody who lives elsewhere: what is named must mean the same there."""

import pytest

from shared.events.catalogue import SERVICES
from tests.support.manifests import label, named, overlay, settings
from tests.support.scaled import groups, unreachable

SCALED = ("town", "province")
every_overlay = pytest.mark.parametrize("name", SCALED)


@every_overlay
def test_kafka_is_called_by_a_name_that_means_the_same_in_every_namespace(name: str) -> None:
    assert named(overlay(name), "ScaledObject")
    assert unreachable(overlay(name)) == []


def test_a_name_that_only_the_towns_own_pods_know_is_found() -> None:
    short = tuple(
        {**one, "data": {**one["data"], "KAFKA_BOOTSTRAP_SERVERS": "kafka-kafka-bootstrap:9093"}}
        if one["metadata"]["name"].startswith("settings-")
        else one
        for one in overlay("town")
    )

    assert len(unreachable(short)) == len(SERVICES)
    elsewhere = tuple(one for one in short if one["kind"] != "Kafka")
    assert len(unreachable(elsewhere)) == len(SERVICES)


@every_overlay
def test_it_looks_at_the_services_own_group(name: str) -> None:
    for one in named(overlay(name), "ScaledObject"):
        prefix = settings(overlay(name), one["metadata"]["namespace"])["TOPIC_PREFIX"]
        assert groups(overlay(name), one) == [f"{prefix}{label(one, 'name')}"]


@every_overlay
def test_it_speaks_a_protocol_that_kafka_still_knows(name: str) -> None:
    """Kafka 4 has dropped what came before 2.1 (KIP-896)."""
    for one in named(overlay(name), "ScaledObject"):
        for trigger in one["spec"]["triggers"]:
            assert tuple(map(int, trigger["metadata"]["version"].split("."))) >= (2, 1, 0)
