"""Alarms on what only a cluster can tell: each is rung by its fault, and its page is followed.

What was seen here stands under "Tried" on the alarm's page in `docs/operations/runbooks`.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pyrage
import pytest

from deploy.cluster.cluster import Cluster
from shared.events.catalogue import SERVICES
from tests.support.beside import service
from tests.support.cluster_alarms import ClusterAlarms
from tests.support.in_cluster import WORKER, People, Town
from tests.support.persistent_clients import Load
from tests.support.trace_store import TraceStore
from tests.support.waiting import until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
ALONE, LOST = "OnestopWorkerAlone", "OnestopTracesLost"
OLD, UNSEEN, BACKUP = "OnestopBackupOld", "OnestopBackupUnseen", "onestop-backup"
PER_SECOND = 2


@pytest.fixture(scope="module")
def alarms(cluster: Cluster, town: Town) -> Iterator[ClusterAlarms]:
    """Over a town that runs."""
    town.wait_ready()
    with ClusterAlarms(cluster.home / "watched", cluster.kubectl) as made:
        yield made


async def test_a_worker_that_nobody_scales(town: Town, alarms: ClusterAlarms) -> None:
    """As where KEDA has never begun: the Deployment has the one pod that it has by itself."""
    scale(town, "dispatch-worker", 1)
    await alarms.rings(ALONE, "dispatch-worker", town.kubectl.namespace, "ticket")
    assert (await alarms.ringing())[ALONE].isdisjoint({"intake-worker", "permits-worker", "notify-worker"})
    scale(town, "dispatch-worker", 2)
    await asyncio.to_thread(town.wait_ready)
    await alarms.falls_silent(ALONE)


async def test_a_worker_for_which_no_node_has_room(town: Town, alarms: ClusterAlarms, cluster: Cluster) -> None:
    nodes = [one.name for one in cluster.nodes]
    which = f"{WORKER},app.kubernetes.io/name=notify"
    cluster.kubectl("cordon", *nodes)
    try:
        town.kubectl("delete", "pod", town.pods(which)[0]["metadata"]["name"])
        await alarms.rings(ALONE, "notify-worker", town.kubectl.namespace, "ticket")
        assert sorted(pod["status"]["phase"] for pod in town.pods(which)) == ["Pending", "Running"]
    finally:
        cluster.kubectl("uncordon", *nodes)
    await asyncio.to_thread(town.wait_ready)
    await alarms.falls_silent(ALONE)


async def test_a_store_of_traces_that_is_not_there_then_is_and_is_gone(
    town: Town, alarms: ClusterAlarms, people: People, cluster: Cluster, tell: Callable[[str], None]
) -> None:
    namespace = town.kubectl.namespace
    town.kubectl("rollout", "status", "deployment/collector", "--timeout=60s")
    name, where, port = sends_to(town)
    async with Load(people, PER_SECOND):
        await alarms.rings(LOST, namespace, "ticket", seconds=180)
        assert f"lookup {name}.{where}" in why(town)
        with TraceStore(cluster.home / "store") as store:
            cluster.kubectl.within(where).make(*service(name, {port: store.port}))
            await asyncio.to_thread(until, lambda: whole_traces(store), "the trace of a report", 180)
            await alarms.falls_silent(LOST)
            tell(f"{len(store.traces.spans)} spans, {len(whole_traces(store))} traces of reports from end to end")
            store.stop()
            await alarms.rings(LOST, namespace, "ticket", seconds=180)
            assert "connection refused" in why(town)
            before = len(store.traces.spans)
            store.start()
            await asyncio.to_thread(until, lambda: len(store.traces.spans) > before, "more spans", 180)
            await alarms.falls_silent(LOST)


async def test_backups_that_are_not_kept_until_one_is_and_of_which_nobody_tells(
    town: Town, alarms: ClusterAlarms
) -> None:
    """As the overlay is shipped: there is no volume to keep them in, and no key to seal them for."""
    namespace = town.kubectl.namespace
    await alarms.rings(OLD, namespace, "ticket")
    keep_backups(town)
    town.kubectl("create", "job", f"--from=cronjob/{BACKUP}", "backup-now")
    town.kubectl("wait", "--for=condition=complete", "job/backup-now", "--timeout=240s", seconds=270)
    await alarms.falls_silent(OLD)
    asked = town.kubectl.get("cronjob", BACKUP)
    town.kubectl("delete", "cronjob", BACKUP)
    await alarms.rings(UNSEEN, namespace, "ticket", seconds=180)
    labels = asked["metadata"]["labels"]
    town.kubectl.make({**asked, "metadata": {"name": BACKUP, "labels": labels}, "status": {}})
    await alarms.falls_silent(UNSEEN)


def keep_backups(town: Town) -> None:
    """In the pod itself, for a key that nobody has."""
    town.kubectl(
        "set", "env", f"cronjob/{BACKUP}", f"BACKUP_RECIPIENTS={pyrage.x25519.Identity.generate().to_public()}"
    )
    volume: dict[str, Any] = {"name": "backups", "emptyDir": {}, "persistentVolumeClaim": None}
    pod = {"spec": {"volumes": [volume]}}
    patch = {"spec": {"jobTemplate": {"spec": {"template": pod}}}}
    town.kubectl("patch", "cronjob", BACKUP, f"--patch={json.dumps(patch)}")


def scale(town: Town, workload: str, pods: int) -> None:
    town.kubectl("scale", f"deployment/{workload}", f"--replicas={pods}")


def sends_to(town: Town) -> tuple[str, str, int]:
    """The store's Service, its namespace and its port, as the overlay says them."""
    (container,) = town.kubectl.get("deployment", "collector")["spec"]["template"]["spec"]["containers"]
    (endpoint,) = [one["value"] for one in container["env"] if one["name"] == "TRACES_ENDPOINT"]
    host, _, port = endpoint.partition(":")
    name, _, namespace = host.partition(".")
    return name, namespace, int(port)


def why(town: Town) -> str:
    """What the page looks at first."""
    log = town.kubectl("logs", "deployment/collector").splitlines()
    return [line for line in log if "Dropping data" in line][-1]


def whole_traces(store: TraceStore) -> list[str]:
    """Those in which all that a report goes through have their spans."""
    seen: dict[str, set[str]] = {}
    for span in store.traces.spans:
        seen.setdefault(span.trace_id, set()).add(span.service)
    return [trace for trace, services in seen.items() if {*SERVICES} - services <= {"permits"}]
