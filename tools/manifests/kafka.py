"""Topics and users as Strimzi's objects, from the catalogue of events: what `onestop topics` makes by hand elsewhere.

A town alone has them in its own namespace. Towns that share a cluster have theirs in Kafka's, with their prefix, and
read the passwords of their own users from there.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS, Topic
from tools.manifests.text import Manifest, text
from tools.operate.acls import OPERATORS, Grant, grants

FOLDER = Path("deploy/kubernetes/topics")
PROVINCE = Path("deploy/kubernetes/overlays/province")
SHARED = "kafka"  # the namespace, and the folder under PROVINCE, of the Kafka that towns share
CLUSTER = "kafka"  # deploy/kubernetes/kafka/kafka.yaml
AUTHORITY = f"{CLUSTER}-cluster-ca-cert"  # the Secret in which Strimzi keeps who vouches for the brokers
READER = "kafka-secrets"  # deploy/kubernetes/components/shared-kafka
# What one user of one town may take of each broker that towns share, so that a flood of one, or all of it told again,
# leaves the others theirs. A relay publishes some 1,500 events a second (docs/operations/capacity.md) of 1 to 2 KB; and
# of a broker's eleven threads (three of the network, eight for requests) one is a user's.
QUOTAS = {"producerByteRate": 10 * 1024**2, "consumerByteRate": 20 * 1024**2, "requestPercentage": 100}
COPIES, ALIVE = 3, 2  # of each record; acks=all means what it says while one copy is away
SOURCE = "shared/events and tools/operate/acls.py"


def files(root: Path) -> dict[Path, str]:
    """Path and text of each: for a town alone, and for each town of the province."""
    wanted = {FOLDER / "topics.yaml": text(topics(), SOURCE), FOLDER / "users.yaml": text(users(), SOURCE)}
    for town in sorted(path.parent.name for path in (root / PROVINCE).glob("*/kustomization.yaml")):
        if town != SHARED:
            prefix = f"{town}."
            shared = [*topics(prefix), *users(prefix), *_access(town, prefix)]
            wanted[PROVINCE / SHARED / f"{town}.yaml"] = text(shared, SOURCE)
            wanted[PROVINCE / town / "kafka-secrets.yaml"] = text(_passwords(prefix), SOURCE)
    return wanted


def topics(prefix: str = "") -> Iterator[Manifest]:
    """A `KafkaTopic` each, called like the topic itself."""
    return (_topic(prefix, topic) for topic in TOPICS.values())


def users(prefix: str = "") -> Iterator[Manifest]:
    """A `KafkaUser` each, with what it may and, where towns share a Kafka, how much; the operator makes its password,
    and keeps it in a Secret."""
    by_user = groupby(sorted(grants(prefix), key=_principal), _principal)
    quotas = {"quotas": QUOTAS} if prefix else {}
    return (_user(name, list(granted), quotas) for name, granted in by_user)


def _principal(grant: Grant) -> str:
    return grant.principal


def _topic(prefix: str, topic: Topic) -> Manifest:
    config = {name: int(value) if value.lstrip("-").isdecimal() else value for name, value in topic.configs().items()}
    return {
        **_head("KafkaTopic", prefix + topic.name),
        "spec": {
            "partitions": topic.partitions,
            "replicas": COPIES,
            "config": {**config, "min.insync.replicas": ALIVE},
        },
    }


def _user(name: str, granted: Sequence[Grant], quotas: Manifest) -> Manifest:
    return {
        **_head("KafkaUser", name),
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": [_rule(grant) for grant in granted]},
            **quotas,
        },
    }


def _rule(grant: Grant) -> Manifest:
    pattern = "prefix" if grant.is_prefix else "literal"
    return {
        "resource": {"type": grant.resource, "name": grant.name, "patternType": pattern},
        "operations": list(grant.operations),
    }


def _head(kind: str, name: str) -> Manifest:
    labels = {"strimzi.io/cluster": CLUSTER, "app.kubernetes.io/part-of": "onestop"}
    return {"apiVersion": "kafka.strimzi.io/v1", "kind": kind, "metadata": {"name": name, "labels": labels}}


def _access(town: str, prefix: str) -> Iterator[Manifest]:
    """The town may read the passwords of its own users, and who vouches for the brokers."""
    names = [_secret(prefix, user) for user in (*SERVICES, OPERATORS)] + [AUTHORITY]
    metadata = {"name": town, "labels": {"app.kubernetes.io/part-of": "onestop"}}
    rbac = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    yield {
        **rbac, "kind": "Role", "metadata": metadata,
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": names, "verbs": ["get"]}],
    }  # fmt: skip
    yield {
        **rbac, "kind": "RoleBinding", "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": town},
        "subjects": [{"kind": "ServiceAccount", "name": READER, "namespace": town}],
    }  # fmt: skip


def _passwords(prefix: str) -> Iterator[Manifest]:
    """Each as the Secret that it is where a town has a Kafka of its own."""
    for user in (*SERVICES, OPERATORS):
        name = _secret("", user)
        wanted = {"secretKey": "password", "remoteRef": {"key": _secret(prefix, user), "property": "password"}}
        yield {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "onestop"}},
            "spec": {
                "refreshInterval": "1h",
                "secretStoreRef": {"kind": "SecretStore", "name": "kafka"},
                "target": {"name": name, "creationPolicy": "Owner"},
                "data": [wanted],
            },
        }


def _secret(prefix: str, user: str) -> str:
    """What Strimzi calls it, by `secretPrefix` of deploy/kubernetes/kafka/kafka.yaml."""
    return f"kafka-{prefix}{user}"
