"""What KEDA makes of the ScaledObjects: it reads the workload's variables, and asks from a namespace of its own."""

from tests.support.deployed import variables
from tests.support.manifests import Manifest, named


def unreachable(objects: tuple[Manifest, ...]) -> list[str]:
    """Addresses of Kafka that mean nothing, or another Kafka, where KEDA runs."""
    made = {
        f"{one['metadata']['name']}-kafka-bootstrap.{one['metadata']['namespace']}.svc"
        for one in named(objects, "Kafka")
    }
    return [
        f"{scaled['metadata']['name']}: {host}"
        for scaled in named(objects, "ScaledObject")
        for host in _hosts(objects, scaled)
        if (host not in made if made else "." not in host)
    ]


def _hosts(objects: tuple[Manifest, ...], scaled: Manifest) -> list[str]:
    told = _told(objects, scaled)
    return [
        address.rpartition(":")[0]
        for trigger in scaled["spec"]["triggers"]
        for address in told[trigger["metadata"]["bootstrapServersFromEnv"]].split(",")
    ]


def groups(objects: tuple[Manifest, ...], scaled: Manifest) -> list[str]:
    """The consumer groups that it looks at."""
    told = _told(objects, scaled)
    return [told[trigger["metadata"]["consumerGroupFromEnv"]] for trigger in scaled["spec"]["triggers"]]


def _told(objects: tuple[Manifest, ...], scaled: Manifest) -> dict[str, str]:
    namespace, name = scaled["metadata"]["namespace"], scaled["spec"]["scaleTargetRef"]["name"]
    (target,) = [one for one in named(objects, "Deployment", name) if one["metadata"]["namespace"] == namespace]
    return dict(variables(objects, target))
