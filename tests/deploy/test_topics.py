"""Kafka's topics and users in the manifests are those of the catalogue, with or without a town's prefix."""

import pytest

from shared.events.catalogue import SERVICES
from shared.events.topics import PARTITIONS, TOPICS
from tests.support.manifests import Manifest, label, named, overlay, settings
from tools.manifests.__main__ import list_files
from tools.operate.acls import Grant, grants

TOWNS = {"town": {"onestop": ""}, "province": {"maehia": "maehia.", "nong-bua-noi": "nong-bua-noi."}}  # prefixes
WITH_KAFKA = tuple(TOWNS)


def test_no_generated_file_is_behind_its_source() -> None:
    behind = [str(file) for file, text in list_files().items() if not file.is_file() or file.read_text("utf-8") != text]

    assert behind == [], "run `python -m tools.manifests`"


@pytest.mark.parametrize("name", WITH_KAFKA)
def test_every_topic_of_the_catalogue_is_there_and_no_other(name: str) -> None:
    prefixes = TOWNS[name].values()
    wanted = {
        prefix + topic.name: (topic.partitions, {**topic.configs(), "min.insync.replicas": "2"})
        for prefix in prefixes
        for topic in TOPICS.values()
    }

    assert {one["metadata"]["name"]: _as_made(one) for one in named(overlay(name), "KafkaTopic")} == wanted


def _as_made(topic: Manifest) -> tuple[int, dict[str, str]]:
    return topic["spec"]["partitions"], {key: str(value) for key, value in topic["spec"]["config"].items()}


@pytest.mark.parametrize("name", WITH_KAFKA)
def test_every_user_may_what_the_catalogue_says_and_nothing_else(name: str) -> None:
    found = {grant for user in named(overlay(name), "KafkaUser") for grant in _granted(user)}

    assert found == {grant for prefix in TOWNS[name].values() for grant in grants(prefix)}


def _granted(user: Manifest) -> list[Grant]:
    principal = user["metadata"]["name"]
    return [
        Grant(principal, rule["resource"]["type"], rule["resource"]["name"], tuple(rule["operations"]))
        for rule in user["spec"]["authorization"]["acls"]
        if rule["resource"]["patternType"] == "literal"
    ]


@pytest.mark.parametrize("name", WITH_KAFKA)
def test_towns_use_the_topics_that_are_made_for_them(name: str) -> None:
    used = {namespace: settings(overlay(name), namespace)["TOPIC_PREFIX"] for namespace in TOWNS[name]}

    assert used == TOWNS[name]


@pytest.mark.parametrize("name", WITH_KAFKA)
def test_no_group_has_more_workers_than_partitions(name: str) -> None:
    scaled = named(overlay(name), "ScaledObject")

    assert {label(one, "name") for one in scaled} == set(SERVICES)
    assert {one["spec"]["maxReplicaCount"] for one in scaled} == {PARTITIONS}


def test_no_user_of_one_town_can_take_the_brokers_from_all_others() -> None:
    shared, alone = named(overlay("province"), "KafkaUser"), named(overlay("town"), "KafkaUser")

    assert {one["metadata"]["name"]: set(one["spec"].get("quotas", ())) for one in shared} == {
        one["metadata"]["name"]: {"producerByteRate", "consumerByteRate", "requestPercentage"} for one in shared
    }
    assert not [one for one in alone if "quotas" in one["spec"]], "who has a Kafka alone may have all of it"


def test_a_town_may_read_its_own_users_passwords_and_no_others() -> None:
    objects = overlay("province")
    (maehia,) = named(objects, "Role", "maehia")
    (bound,) = named(objects, "RoleBinding", "maehia")
    users = [one["metadata"]["name"] for one in named(objects, "KafkaUser")]
    own = {f"kafka-{user}" for user in users if user.startswith("maehia.")}

    assert set(maehia["rules"][0]["resourceNames"]) == own | {"kafka-cluster-ca-cert"}
    assert (maehia["rules"][0]["verbs"], bound["subjects"][0]["namespace"]) == (["get"], "maehia")
