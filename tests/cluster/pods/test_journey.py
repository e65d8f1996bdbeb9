"""Real pods of our image take a case its whole way, at the gateway, with real Kafka and MongoDB beside them."""

from collections import Counter

import pytest

from shared.events.catalogue import SERVICES
from tests.support.in_cluster import API, OURS, WORKER, People, Town
from tests.support.reconciliation import Cases, settle

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


@pytest.mark.parametrize("which", [API, WORKER])
def test_every_service_has_two_pods_of_each_kind(town: Town, which: str) -> None:
    """So all that follows is done by two that share it: they take over from each other and hear one group's topics."""
    counted = Counter(pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in town.pods(which))
    assert counted.keys() == set(SERVICES)
    assert min(counted.values()) >= 2, counted


async def test_a_report_and_a_permit_go_their_whole_way(town: Town, people: People) -> None:
    asked = await people.report()
    await people.work(asked.answer["id"], "acknowledge", "start", "start", "complete")
    permit = await people.permit(asked.key)
    await settle(people.stack, Cases([asked.answer["id"]], [permit.id]))
    assert (await people.seen(asked))["state"] == "resolved"


async def test_what_is_for_operators_is_not_served_to_everybody(town: Town, people: People) -> None:
    """The route sends it to a Service that has no pods, and the gateway itself says so."""
    answers = [await people.probe("intake", path) for path in ("/metrics", "/healthz", "/readyz", "/workz")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(503, b"")] * 4
    assert (await people.probe("intake", "/")).status_code == 200


def test_no_pod_may_more_than_it_needs(town: Town) -> None:
    """Read from the processes themselves, and not from what was asked for."""
    for pod in town.pods(OURS):
        status = dict(
            line.split(":\t", 1)
            for line in town.kubectl("exec", pod["metadata"]["name"], "--", "cat", "/proc/1/status").splitlines()
            if ":\t" in line
        )
        assert status["Uid"].split("\t")[0] == "10001"
        assert (status["CapEff"], status["NoNewPrivs"], status["Seccomp"]) == ("0000000000000000", "1", "2")


def test_only_who_answers_people_has_what_they_are_signed_in_with(town: Town) -> None:
    for pod in town.pods(OURS):
        name, component = pod["metadata"]["name"], pod["metadata"]["labels"]["app.kubernetes.io/component"]
        there = set(town.kubectl("exec", name, "--", "ls", "/etc/onestop/common").split())
        signing = {"session-secret", "oidc-client-secret"} if component == "api" else set()
        assert there == {"link-secret"} | signing, name
