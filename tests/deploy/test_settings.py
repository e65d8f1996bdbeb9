"""What the manifests tell the services: settings that they know, all of them, and such that they start with it."""

import re
from pathlib import Path

import pytest

from shared.events.catalogue import SERVICES
from shared.settings import ALL_ROLES, ServiceSettings
from shared.web.safety import is_development, refuse_unsafe
from tests.support.deployed import ANY, expanded, known, read
from tests.support.manifests import KUBERNETES, OVERLAYS, Manifest, environment, label, overlay, services
from tools.operate.backups.settings import BackupSettings

SERVING_OTHERS = [name for name in OVERLAYS if name != "demo"]


# What only the backup is told; the key that opens one is never where backups are taken.
BACKUP = {name.upper() for name in BackupSettings.model_fields.keys() - ServiceSettings.model_fields.keys()} - {
    "BACKUP_DIR",
    "BACKUP_IDENTITY",
}


def told(pod: Manifest) -> set[str]:
    """The settings that a Deployment gives its pods beside the ConfigMap, by variable or by file."""
    (container,) = pod["spec"]["template"]["spec"]["containers"]
    return {name if name in ANY else name.removesuffix("_FILE") for name in environment(container)}


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_variable_is_a_setting_of_its_service(name: str) -> None:
    strange = {(one["metadata"]["name"], *(told(one) - known(label(one, "name")))) for one in services(overlay(name))}

    assert {one for one in strange if len(one) > 1} == set()


def test_every_setting_can_be_given_and_everything_that_can_be_given_is_a_setting() -> None:
    given = set(re.findall(r"^([A-Z_]+)=", (KUBERNETES / "base/settings.env").read_text("utf-8"), re.MULTILINE))
    by_pods = {name for overlaid in OVERLAYS for one in services(overlay(overlaid)) for name in told(one)}

    assert given | by_pods == ANY | BACKUP
    assert given & by_pods == set(), "one place for each"


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_processes_of_a_service_have_all_roles_among_them_each_once(name: str) -> None:
    roles: dict[tuple[str, str], list[str]] = {}
    for one in services(overlay(name)):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        mine = roles.setdefault((one["metadata"]["namespace"], label(one, "name")), [])
        mine.extend(environment(container)["ROLES"].split(","))

    assert {service for _, service in roles} == set(SERVICES)
    assert {whose: sorted(found) for whose, found in roles.items()} == dict.fromkeys(roles, sorted(ALL_ROLES))


@pytest.mark.parametrize("name", SERVING_OTHERS)
def test_a_service_starts_with_what_it_is_told_and_its_secrets(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in services(overlay(name)):
        refuse_unsafe(read(overlay(name), one, tmp_path, monkeypatch), label(one, "name"))


def test_the_demo_is_a_developers_machine_to_the_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in services(overlay("demo")):
        assert is_development(read(overlay("demo"), one, tmp_path, monkeypatch))


def test_variables_are_expanded_as_the_kubelet_does_it() -> None:
    assert expanded("$(TOPIC_PREFIX)intake $(OTHER)", {"TOPIC_PREFIX": "maehia."}) == "maehia.intake $(OTHER)"
