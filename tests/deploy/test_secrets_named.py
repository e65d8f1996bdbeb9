"""Every secret that a process is handed has a home that an operator is told of, and a release that brought it.

A new one stops what waits for it: a pod in `CreateContainerConfigError`, a unit with `243/CREDENTIALS`.
"""

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.deploy.test_secrets_by_need import WHOLE, held
from tests.support.manifests import KUBERNETES, OVERLAYS, overlay, pods
from tests.support.source import ROOT

RELEASES = (ROOT / "docs/releases.md").read_text("utf-8")
GUIDE = (KUBERNETES / "README.md").read_text("utf-8")
BARE = (ROOT / "docs/operations/systemd.md").read_text("utf-8")
STORE = (KUBERNETES / "components/external-secrets/secrets.yaml").read_text("utf-8")
UNITS = ROOT / "deploy/systemd"
# Of these somebody else is the maker: Strimzi, MongoDB's operator, cert-manager.
MADE = re.compile(r"(kafka|mongodb|collector|authority)\b.*")


def by_hand() -> set[tuple[str, str]]:
    """Secret and key, of those that a person or a store must give."""
    return {
        (_bare(name), key)
        for one in OVERLAYS
        for _, pod in pods(overlay(one))
        for name, key in held(pod)
        if not MADE.match(name) and key != WHOLE
    }


def _bare(name: str) -> str:
    """Without the digest that kustomize puts behind a Secret of the demo."""
    return re.sub(r"-[0-9a-z]{10}$", "", name)


def rows(key: str) -> list[str]:
    """Those of the releases' tables that name it."""
    return [line for line in RELEASES.splitlines() if line.startswith("| ") and f"`{key}`" in line]


def stored() -> dict[str, str]:
    """What stands beside the name of each Secret for a store."""
    return dict(re.findall(r"^  name: ([\w-]+)  # (.+)$", STORE, re.MULTILINE))


def test_a_key_of_a_secret_is_named_by_a_release_and_where_the_store_is_filled() -> None:
    found = by_hand()

    assert {("permits-signing", "signature-secret"), ("notify-secrets", "agency-secrets")} <= found
    for secret, key in sorted(found):
        assert any(f"`{secret}`" in row for row in rows(key)), f"docs/releases.md names no {key} of {secret}"
        assert re.search(rf"\b{re.escape(key)}\b", stored()[secret]), f"{key} of {secret} in external-secrets"


def test_a_key_that_a_town_gives_from_the_start_stands_in_the_guides_commands() -> None:
    lacking = [key for _, key in by_hand() if not key.endswith(("-also", "-pin", "-headers")) and key not in GUIDE]

    assert lacking == []


def test_the_page_says_of_each_key_that_a_pod_reads_where_it_lies_and_which_setting_it_is() -> None:
    page = (ROOT / "docs/operations/secrets.md").read_text("utf-8")
    table = [line.split(" | ") for line in page.splitlines() if re.match(r"\| `[\w-]+` `", line)]
    told: set[tuple[str, str]] = set()
    for cell, *_ in table:
        secret = ""
        for name in re.findall(r"`([^`]+)`", cell):
            secret, is_key = (name, False) if name in stored() else (secret, True)
            told |= {(secret, name)} if is_key else set()

    assert by_hand() - told == set()
    assert {secret for secret, _ in told} <= {*stored()}
    settings = {name for _, cell, *_ in table for name in re.findall(r"`([A-Z_]+)`", cell)}
    pages = (ROOT / "docs/operations/configuration.md").read_text("utf-8")
    assert {name for name in settings if f"| `{name}`" not in pages} == set()


def credentials() -> Iterator[str]:
    """The files that units hand over, below the folder of secrets."""
    for unit in (*UNITS.rglob("*.service"), *UNITS.rglob("*.conf")):
        for file in re.findall(r"^LoadCredential=[\w-]+:/etc/onestop/secrets/(.+)$", unit.read_text(), re.MULTILINE):
            yield file.replace("%i", "<service>")


@pytest.mark.parametrize("file", sorted(set(credentials())))
def test_a_credential_of_a_unit_is_named_by_a_release_and_where_the_files_are_written(file: str) -> None:
    assert rows(file)
    assert f"`{file}`" in BARE


def test_every_secret_for_a_store_is_one_that_is_fetched() -> None:
    assert set(stored()) == {one["metadata"]["name"] for one in yaml.safe_load_all(STORE)}
