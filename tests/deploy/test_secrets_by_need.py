"""What is in a pod can be read by whoever breaks into it: each has the secrets that it uses, and no others."""

from collections.abc import Iterator

import pytest

from tests.support.manifests import OVERLAYS, Manifest, label, named, overlay, pods

MAIL, AGENCIES = "smtp-url", "agency-secrets"
SIGNING_ALSO = "session-secret-also"
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
    taking = [pod for one, pod in pods(overlay(name)) if one["metadata"]["name"] == "onestop-backup"]
    assert taking
    for pod in taking:
        keys = {key for _, key in held(pod) if not public(key)}
        assert keys in ({"mongodb-uri", "password"}, {"connectionString.standard", "password"})


def test_who_makes_topics_asks_nobody_but_kafka() -> None:
    (making,) = [pod for one, pod in pods(overlay("demo")) if one["metadata"]["name"] == "topics"]
    assert set(held(making)) == set(), "the demo's Kafka is open"


@pytest.mark.parametrize("name", OVERLAYS)
def test_only_who_sends_mail_and_an_operator_know_the_mail_servers_password(name: str) -> None:
    knowing = {
        (label(one, "name"), label(one, "component")) for one, pod in pods(overlay(name)) if MAIL in keys_of(pod)
    }
    assert knowing == {("notify", "worker"), ("operator", "operator")}


@pytest.mark.parametrize("name", OVERLAYS)
def test_only_who_posts_to_agencies_and_an_operator_know_what_signs_it(name: str) -> None:
    knowing = {
        (label(one, "name"), label(one, "component")) for one, pod in pods(overlay(name)) if AGENCIES in keys_of(pod)
    }
    assert knowing == {("notify", "worker"), ("operator", "operator")}


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_operators_pod_starts_without_what_its_doctor_alone_looks_at(name: str) -> None:
    """A release that brings a secret finds no operator else, and no doctor to say which one is missing."""
    asked = [
        variable["valueFrom"]["secretKeyRef"]
        for one, pod in pods(overlay(name))
        if one["metadata"]["name"] == "operator"
        for variable in pod["containers"][0]["env"]
        if "secretKeyRef" in variable.get("valueFrom", {})
    ]
    assert {one["key"] for one in asked} >= {"signature-secret", AGENCIES}
    assert [one["key"] for one in asked if not one.get("optional")] == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_only_who_answers_people_can_sign_them_in(name: str) -> None:
    """A session that is signed elsewhere opens every page: whoever has that secret is whom they like."""
    for one, pod in pods(overlay(name)):
        shared = {key for key, optional in common(pod) if not optional}
        match label(one, "component"):
            case "api":
                assert shared == {WHOLE}
            case "worker" | "prepare":
                assert shared == {"link-secret"}, one["metadata"]["name"]
            case "operator":  # its doctor looks whether they are fit; a backup and who makes topics have none
                assert shared in ({WHOLE}, set()), one["metadata"]["name"]
            case _:
                assert shared == set(), one["metadata"]["name"]
        assert SIGNING_ALSO not in keys_of(pod) or shared == {WHOLE}, one["metadata"]["name"]


def keys_of(pod: Manifest) -> set[str]:
    """Whatever Secret they are in."""
    return {key for _, key in held(pod)}


def common(pod: Manifest) -> Iterator[tuple[str, bool]]:
    """What it gets of the secrets that all services share, and whether it starts without it too."""
    also = {"session-secret-also", "link-secret-also", "otlp-headers"}
    for secret, key in held(pod):
        if secret.startswith("common-secrets"):
            yield key, key in also


def test_of_a_database_that_an_operator_runs_nothing_else_of_notify_is_needed() -> None:
    found = named(overlay("town"), "Deployment", "notify-worker")
    assert found
    for one in found:
        keys = {key for secret, key in held(one["spec"]["template"]["spec"]) if secret == "notify-secrets"}
        assert keys == {MAIL, AGENCIES}
