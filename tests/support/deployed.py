"""What a process of a Deployment would be told: its variables as the kubelet makes them, its secrets as mounted."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest

from shared.events.catalogue import SERVICES
from shared.settings import ServerSettings, ServiceSettings
from tests.support.manifests import Manifest, environment, label, settings, template

# What each secret that is mounted looks like, by its file; nothing in the repository holds a town's own.
SECRETS = {
    "mongodb-uri": "mongodb://{service}:made-up-password@db.invalid/?tls=true&replicaSet=rs0",
    "session-secret": "Zk3vQ8xT1mB7rN5yL2wC9pD4sG6hJ0fA",
    "link-secret": "uE8iO2aR5tY7lK1nM4bV6cX9zQ3wS0dF",
    "signature-secret": "wB3mX7qL9vT2kR5nY8cF1jH4sD6gP0zA",
    "oidc-client-secret": "hG5jK8lP2oI6uY3tR9eW",
    "smtp-url": "smtps://onestop:made-up-password@mail.invalid",
    "password": "c0rrecthorsebattery",
    "ca.crt": "(PEM)",
}


def settings_of(service: str) -> type[ServiceSettings]:
    """The class that a service reads its environment with."""
    found: type[ServiceSettings] = import_module(f"services.{service}.settings").Settings
    return found


def known(service: str) -> set[str]:
    """The settings of a service, as variables."""
    return {name.upper() for name in (*settings_of(service).model_fields, *ServerSettings.model_fields)}


ANY = {name for service in SERVICES for name in known(service)}


def read(objects: tuple[Manifest, ...], one: Manifest, home: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    """The settings of a process of this Deployment, with its secrets below `home`."""
    for variable in ANY:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(f"{variable}_FILE", raising=False)
    service = label(one, "name")
    for variable, value in variables(objects, one):
        monkeypatch.setenv(variable, _mounted(value, service, home) if value.startswith("/etc/onestop/") else value)
    return settings_of(service)()


def variables(objects: tuple[Manifest, ...], one: Manifest) -> Iterator[tuple[str, str]]:
    """The ConfigMap first, then the pod's own, in which `$(…)` stands for an earlier one."""
    (container,) = template(one)["spec"]["containers"]
    found: dict[str, str] = dict(settings(objects, one["metadata"]["namespace"]))
    for variable, value in environment(container).items():
        found[variable] = expanded(value, found)
    yield from found.items()


def expanded(value: str, earlier: Mapping[str, str]) -> str:
    """References to variables that are known; others stay as they are."""
    return re.sub(r"\$\((\w+)\)", lambda match: earlier.get(match[1], match[0]), value)


def _mounted(path: str, service: str, home: Path) -> str:
    """The file that a mount would bring; of a folder, the folder."""
    file = home / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.name in SECRETS:
        file.write_text(SECRETS[file.name].format(service=service))
    return str(file)
