"""A cluster that only takes objects."""

from collections.abc import Iterator

import pytest

from deploy.cluster import box
from deploy.cluster.cluster import Cluster


@pytest.fixture(scope="module")
def takes_objects() -> Iterator[Cluster]:
    """A control plane without nodes: everything is admitted, nothing is run."""
    with Cluster(box.home() / "objects") as cluster:
        yield cluster
