"""A town on two nodes, from the overlay that the project ships, with real Kafka, MongoDB, mail and sign-in beside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import yaml

from deploy.cluster import box
from deploy.cluster.cluster import Cluster
from deploy.cluster.gateway import Gateway
from tests.support.administrator import prepare
from tests.support.beside import Beside
from tests.support.in_cluster import People, Town
from tests.support.strimzi import carry_out
from tests.support.town_overlay import (
    BOOTSTRAP,
    MET_AS,
    NAMESPACE,
    NEXT,
    archives,
    given_secrets,
    images,
    write_overlay,
)

# What is there before the pods come, because an operator or a person saw to it.
EARLY = {"Namespace", "KafkaTopic", "KafkaUser"}


@pytest.fixture(scope="session")
def beside() -> Iterator[Beside]:
    """Started before the town, as it would be."""
    with Beside(*MET_AS) as made:
        yield made


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two nodes that know our images, of this release and, under another name, of the next."""
    with Cluster(box.home() / "pods", nodes=2) as made:
        prepare(made.kubectl)
        made.load(archives())
        for image in images().values():
            made.tag(image, f"{image.rpartition(':')[0]}:{NEXT}")
        yield made


@pytest.fixture(scope="session")
def town(cluster: Cluster, beside: Beside) -> Town:
    """Every workload ready."""
    kubectl = cluster.kubectl.within(NAMESPACE)
    folder = write_overlay(cluster.home / "overlay", beside)
    objects = list(yaml.safe_load_all(kubectl("kustomize", str(folder))))
    beside.introduce(kubectl)
    kubectl.make(*(one for one in objects if one["kind"] in EARLY))
    beside.stand_in(kubectl, BOOTSTRAP)
    asyncio.run(carry_out(kubectl, beside))
    kubectl.make(*given_secrets(beside))
    kubectl.make(*objects)
    town = Town(kubectl)
    town.wait_ready()
    return town


@pytest.fixture(scope="session")
def gateway(cluster: Cluster, town: Town) -> Iterator[Gateway]:
    """What people meet."""
    with Gateway(cluster.home / "gateway", town.kubectl) as made:
        yield made


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says on the terminal what was done and measured."""
    writer = request.config.get_terminal_writer()
    return lambda text: writer.line(f"\n    {text}")


@pytest.fixture
async def people(beside: Beside, gateway: Gateway) -> AsyncIterator[People]:
    """The town's."""
    async with People(beside, gateway.origin) as made:
        yield made
