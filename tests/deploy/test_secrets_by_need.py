"""What is in a pod can be read by whoever breaks into it: each has the secrets that it uses, and no others."""

from collections.abc import Iterator

import pytest

from tests.support.manifests import OVERLAYS, Manifest, label, named, overlay, pods

MAIL = "smtp-url"
WHOLE = "*"  # every key of a Secret


def held(pod: Manifest) -> Iterator[tuple[str, str]]:
    """Every secret that a pod gets: the Secret, and the key in it."""
    for volume in pod.get("volumes", ()):
        sources = [volume, *volume.get("projected", {}).get("sources", ())]
        for secret in (one["secret"] for one in sources if "secret" in one):
            for item in secret.get("items", [{"key": WHOLE}]):
                yield secret.get("secretName") or secret["name"], item["key"]
    for variable in (one for container in pod["containers"] for one in container.get("env", ())):
        if asked := variable.get("valueFrom", {}).get("secretKeyRef"):
            yield asked["name"], asked["key"]


def public(key: str) -> bool:
    """Whom to trust is no secret."""
    return key == "ca.crt"


@pytest.mark.parametrize("name", ["town", "province"])
def test_a_backup_opens_databases_and_topics_and_can_neither_sign_nor_mail(name: str) -> None:
    taking = [pod for one, pod in pods(overlay(name)) if one["metadata"]["name"] == "backup"]
    assert taking
    for pod in taking:
        keys = {key for _, key in held(pod) if not public(key)}
        assert keys in ({"mongodb-uri", "password"}, {"connectionString.standard", "password"})


def test_who_makes_topics_asks_nobody_but_kafka() -> None:
    (making,) = [pod for one, pod in pods(overlay("demo")) if one["metadata"]["name"] == "topics"]
    assert set(held(making)) == set(), "the demo's Kafka is open"


@pytest.mark.parametrize("name", OVERLAYS)
def test_only_notify_and_an_operator_know_the_mail_servers_password(name: str) -> None:
    for one, pod in pods(overlay(name)):
        mail = {key for secret, key in held(pod) if secret == "notify-secrets"}
        if mail:
            assert label(one, "name") in ("notify", "operator"), one["metadata"]["name"]
        if label(one, "name") == "operator":
            assert mail <= {MAIL}, one["metadata"]["name"]


def test_of_a_database_that_an_operator_runs_nothing_else_of_notify_is_needed() -> None:
    found = named(overlay("town"), "Deployment", "notify-worker")
    assert found
    for one in found:
        keys = {key for secret, key in held(one["spec"]["template"]["spec"]) if secret == "notify-secrets"}
        assert keys == {MAIL}
