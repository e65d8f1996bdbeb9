"""A backup is taken as the operator, into a volume that is there."""

import pytest

from tests.support.manifests import Manifest, environment, named, overlay, pods

WITH_BACKUPS = [("town", "onestop"), ("province", "maehia"), ("province", "nong-bua-noi")]
TAKING = "onestop-backup"
NEEDLESS = {
    *("SESSION_SECRET_FILE", "SESSION_SECRET_ALSO", "LINK_SECRET_FILE", "LINK_SECRET_ALSO"),
    *("SIGNATURE_SECRET", "AGENCY_SECRETS", "OIDC_CLIENT_SECRET_FILE", "OTEL_EXPORTER_OTLP_HEADERS", "SMTP_URL_FILE"),
}
every_town = pytest.mark.parametrize(("name", "namespace"), WITH_BACKUPS)


def pod(name: str, namespace: str, of: str) -> Manifest:
    """The pod of a workload, by its name."""
    (found,) = [
        spec
        for one, spec in pods(overlay(name))
        if (one["metadata"]["namespace"], one["metadata"]["name"]) == (namespace, of)
    ]
    return found


@every_town
def test_it_has_the_operators_identities_and_trust(name: str, namespace: str) -> None:
    (taking,), (operator,) = (pod(name, namespace, of)["containers"] for of in (TAKING, "operator"))

    ours = {name: value for name, value in environment(operator).items() if name not in NEEDLESS}
    assert environment(taking).items() >= ours.items()
    needed = {mount["mountPath"] for mount in operator["volumeMounts"]} - {"/etc/onestop/common"}
    assert {mount["mountPath"] for mount in taking["volumeMounts"]} == needed | {"/backups"}


@every_town
def test_one_that_hangs_ends(name: str, namespace: str) -> None:
    (taking,) = [one for one in named(overlay(name), "CronJob", TAKING) if one["metadata"]["namespace"] == namespace]

    assert taking["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] <= 6 * 60 * 60


@every_town
def test_one_that_fails_is_tried_again_by_the_next(name: str, namespace: str) -> None:
    """Without Kafka a moment is kept all the same, and each try at once would keep another."""
    (taking,) = [one for one in named(overlay(name), "CronJob", TAKING) if one["metadata"]["namespace"] == namespace]

    assert taking["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0


@every_town
def test_it_writes_into_a_volume_that_is_there(name: str, namespace: str) -> None:
    taking = pod(name, namespace, TAKING)
    (container,) = taking["containers"]
    folders = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    claims = {one["name"]: one.get("persistentVolumeClaim", {}).get("claimName") for one in taking["volumes"]}
    made = {
        one["metadata"]["name"]
        for one in named(overlay(name), "PersistentVolumeClaim")
        if one["metadata"]["namespace"] == namespace
    }

    assert claims[folders[environment(container)["BACKUP_DIR"]]] in made
