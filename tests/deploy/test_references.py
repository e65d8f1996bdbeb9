"""Whatever a pod mounts is made by somebody: by the overlay itself, by an operator, or by the person who sets it up."""

from collections.abc import Iterator

import pytest

from tests.support.manifests import KUBERNETES, OVERLAYS, Manifest, named, overlay, pods
from tools.operate.users import roles

BY_HAND = (KUBERNETES / "README.md").read_text("utf-8")


def made(name: str) -> Iterator[tuple[str, str, str]]:
    """Every Secret and ConfigMap that there will be: kind, namespace, name."""
    for one in overlay(name):
        kind, where, what = one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]
        match kind:
            case "Secret" | "ConfigMap":
                yield kind, where, what
            case "KafkaUser":
                yield "Secret", where, f"kafka-{what}"
            case "Kafka":
                yield "Secret", where, f"{what}-cluster-ca-cert"
            case "Certificate":
                yield "Secret", where, one["spec"]["secretName"]
            case "ExternalSecret":
                yield "Secret", where, one["spec"]["target"]["name"]
            case "MongoDBCommunity":
                yield from (("Secret", where, user["connectionStringSecretName"]) for user in one["spec"]["users"])


def mounted(name: str) -> Iterator[tuple[str, str, str]]:
    """Every Secret and ConfigMap that a pod needs to start."""
    for one, pod in pods(overlay(name)):
        where = one["metadata"]["namespace"]
        for volume in pod.get("volumes", ()):
            for source in (volume, *volume.get("projected", {}).get("sources", ())):
                yield from _named(source, where)
        for container in pod["containers"]:
            for source in container.get("envFrom", ()):
                yield "ConfigMap", where, source["configMapRef"]["name"]


def _named(source: Manifest, where: str) -> Iterator[tuple[str, str, str]]:
    if "configMap" in source and not source["configMap"].get("optional"):
        yield "ConfigMap", where, source["configMap"]["name"]
    if "secret" in source:
        yield "Secret", where, source["secret"].get("secretName") or source["secret"]["name"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_everything_mounted_is_made_or_asked_of_the_person_who_sets_it_up(name: str) -> None:
    missing = set(mounted(name)) - set(made(name))

    assert [one for one in sorted(missing) if f"create secret generic {one[2]} " not in BY_HAND] == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_no_secret_is_fetched_for_nobody(name: str) -> None:
    fetched = {
        ("Secret", one["metadata"]["namespace"], one["spec"]["target"]["name"])
        for one in named(overlay(name), "ExternalSecret")
    }

    assert fetched - set(mounted(name)) == set()


def test_the_databases_users_may_what_the_code_says_and_nothing_else() -> None:
    (database,) = named(overlay("town"), "MongoDBCommunity")
    found = {
        user["name"]: sorted((role["name"], role["db"]) for role in user["roles"]) for user in database["spec"]["users"]
    }

    assert found == {name: sorted((role["role"], role["db"]) for role in given) for name, given in roles().items()}


def test_what_the_database_vouches_with_names_its_own_namespace() -> None:
    (certificate,) = named(overlay("town"), "Certificate", "mongodb")
    where = certificate["metadata"]["namespace"]

    assert f"*.mongodb-svc.{where}.svc.cluster.local" in certificate["spec"]["dnsNames"]
