"""Does with a town's KafkaTopics and KafkaUsers what Strimzi's operators do with them, on the one real broker beside
the cluster: topics, rights, and the Secrets that pods mount. So pods may what the manifests allow, and nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.cluster.kubectl import Kubectl
from deploy.local.secured import ADMIN
from tests.support.beside import Beside
from tests.support.town_overlay import secret
from tools.operate.acls import Grant, apply

Object = Mapping[str, Any]
CLUSTER = "strimzi.io/cluster"  # the label that says whose a topic or a user is
PREFIX = "kafka-"  # of the users' Secrets, as the Kafka object says
_ONE_BROKER = {"min.insync.replicas": "1"}  # and one copy of each record


async def carry_out(kubectl: Kubectl, beside: Beside) -> None:
    """Everything that the namespace's objects ask for."""
    topics, users = (kubectl.items(f"{kind}.kafka.strimzi.io") for kind in ("kafkatopics", "kafkausers"))
    admin = AIOKafkaAdminClient(**beside.brokers(ADMIN).options())
    await admin.start()
    try:
        answer = await admin.create_topics([_topic(one["spec"], one["metadata"]["name"]) for one in topics])
        assert not [error for error in answer.topic_errors if error[1]], answer
        await apply(admin, [grant for user in users for grant in grants(user)])
    finally:
        await admin.close()
    kubectl.make(*secrets(users, beside))


def _topic(spec: Object, name: str) -> NewTopic:
    config = {key: str(value) for key, value in spec.get("config", {}).items()} | _ONE_BROKER
    return NewTopic(spec.get("topicName", name), spec["partitions"], 1, topic_configs=config)


def grants(user: Object) -> Iterable[Grant]:
    """What its object allows it."""
    for acl in user["spec"]["authorization"]["acls"]:
        resource = acl["resource"]
        is_prefix = resource.get("patternType", "literal") == "prefix"
        name, operations = user["metadata"]["name"], tuple(acl["operations"])
        yield Grant(name, resource["type"], resource["name"], operations, is_prefix)


def secrets(users: Iterable[Object], beside: Beside) -> Iterable[Object]:
    """For each user its key and certificate, or its password; for all who vouches for the broker."""
    assert beside.secured is not None
    for user in users:
        name = user["metadata"]["name"]
        kept = f"{PREFIX}{name}"
        if user["spec"]["authentication"]["type"] == "tls":
            key, certificate = _split(beside.secured.certificate(name).read_text())
            yield secret(kept, {"user.key": key, "user.crt": certificate})
        else:
            yield secret(kept, {"password": beside.secured.password(name)})
    for cluster in {user["metadata"]["labels"][CLUSTER] for user in users}:
        yield secret(f"{cluster}-cluster-ca-cert", {"ca.crt": beside.secured.ca.read_text()})


def _split(pem: str) -> tuple[str, str]:
    """Key and certificate, which are in one file."""
    key, begin, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
    return key, begin + certificate
