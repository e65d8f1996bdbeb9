"""Rules of every pod that the manifests make: restricted, bounded, probed on paths that exist, stopped in order."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from services.__main__ import OPEN_SECONDS
from services.dispatch import rules_apart
from shared.files import likeness, limited, sheets
from shared.files.apart import AT_ONCE
from shared.kernel.health import SECONDS, Health
from shared.settings import ServiceSettings
from shared.web.bodies import ROOM_BYTES
from shared.web.ops import ops_routes
from tests.support.manifests import (
    OURS,
    OVERLAYS,
    WORKLOADS,
    Manifest,
    label,
    named,
    overlay,
    pods,
    services,
    settings,
    template,
)
from tests.support.source import Module, modules

OUR_IMAGES = ("onestop", "onestop-oidc")
ELECTION_SECONDS = 15  # electionTimeoutMillis is 10 s; and the new primary
TRACES_SECONDS = 3  # shared/telemetry: the last spans
UNITS = {"Mi": 1024**2, "Gi": 1024**3}
ITSELF = 200 * 1024**2  # a service with its town
APART = {  # in processes of their own; and two photos, which are opened in dispatch itself
    "permits": AT_ONCE * limited.MEMORY_MOST,
    "dispatch": rules_apart.MEMORY_MOST + 400_000_000,
}
FILE = 50 * 1024**2  # the largest that a town asks for
JUDGED = 2 * limited.WRITTEN_MOST  # pages that were written anew, and the next one or all of them bound
DRAWN = FILE + 3 * sheets.WRITTEN_MOST
FOLDERS = {  # for files, and what those of a kind hold at once
    "shared/web/uploads.py TemporaryDirectory": ROOM_BYTES + FILE,  # a form's is copied, one after the other
    "shared/files/apart.py TemporaryDirectory": AT_ONCE * max(JUDGED, DRAWN),  # of whoever has one of `apart.TURNS`
    "shared/files/documents.py apart.room _SEVERAL": limited.WRITTEN_MOST,  # pages, until the next one has its turn
    # In the turn of a document alone, which has room for pages and what they are bound to.
    "services/permits/request_form.py apart.room": max(0, limited.WRITTEN_MOST + 3 * likeness.WRITTEN_MOST - JUDGED),
    "services/dispatch/rule_trial.py apart.room _TURNS": 10 * 1024**2,  # a file of rules, or a thousand cases
}
PATHS = {route.path for route in ops_routes(Health()).routes if hasattr(route, "path")}

every_overlay = pytest.mark.parametrize("name", OVERLAYS)


def containers(name: str) -> Iterator[tuple[str, Manifest, Manifest]]:
    """Every container of an overlay: whose it is, itself, and its pod."""
    for one, pod in pods(overlay(name)):
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            yield f"{one['kind']} {one['metadata']['name']}/{container['name']}", container, pod


@every_overlay
def test_no_pod_has_more_than_the_restricted_profile_allows(name: str) -> None:
    assert [f"{whose}: {fault}" for whose, one, pod in containers(name) for fault in unrestricted(one, pod)] == []


def unrestricted(container: Manifest, pod: Manifest) -> Iterator[str]:
    """By Kubernetes' Pod Security Standards, profile "restricted"."""
    whole, own = pod.get("securityContext", {}), container.get("securityContext", {})
    if own.get("runAsNonRoot", whole.get("runAsNonRoot")) is not True:
        yield "may run as root"
    if not own.get("runAsUser", whole.get("runAsUser", 0)):
        yield "leaves its user to the image, and a name in an image proves nothing"
    if own.get("seccompProfile", whole.get("seccompProfile", {})).get("type") != "RuntimeDefault":
        yield "no seccomp profile"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if own.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "keeps capabilities"
    if set(own.get("capabilities", {}).get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")) or "hostPath" in str(pod.get("volumes")):
        yield "reaches into its node"
    if pod.get("automountServiceAccountToken") is not False:
        yield "has a token of the cluster"


def test_an_unrestricted_pod_is_found() -> None:
    assert len(list(unrestricted({}, {"hostNetwork": True}))) == 7


@every_overlay
@pytest.mark.parametrize(("service", "apart"), APART.items())
def test_whatever_a_file_makes_of_its_reader_ends_before_the_pod_does(name: str, service: str, apart: int) -> None:
    found = [one for whose, one, _ in containers(name) if whose == f"Deployment {service}-api/onestop"]
    limits = [one["resources"]["limits"]["memory"] for one in found]

    assert limits
    assert all(int(most[:-2]) * UNITS[most[-2:]] >= apart + ITSELF for most in limits)


@every_overlay
def test_every_container_says_what_it_needs_and_at_most_takes(name: str) -> None:
    lacking = [
        whose
        for whose, one, _ in containers(name)
        if not ({"cpu", "memory"} <= set(one["resources"]["requests"]) and "memory" in one["resources"]["limits"])
    ]

    assert lacking == []


@every_overlay
def test_every_image_has_a_version(name: str) -> None:
    assert [whose for whose, one, _ in containers(name) if not re.search(r":[\w.-]+$|@sha256:", one["image"])] == []


@every_overlay
def test_our_own_programs_write_nothing_but_what_is_mounted(name: str) -> None:
    loose = [
        whose
        for whose, one, _ in containers(name)
        if _image(one) in OUR_IMAGES and not one["securityContext"].get("readOnlyRootFilesystem")
    ]

    assert loose == []


def _image(container: Manifest) -> str:
    return str(container["image"]).rpartition("/")[2].partition(":")[0]


@every_overlay
def test_probes_ask_paths_that_are_served_on_the_port_that_is_listened_on(name: str) -> None:
    for one in services(overlay(name)):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        listens = settings(overlay(name), one["metadata"]["namespace"])["PORT"]

        assert ports == {"http": int(listens)}
        assert {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")} == {
            "startup": {"path": "/healthz", "port": "http"},
            "liveness": {"path": "/healthz", "port": "http"},
            "readiness": {"path": "/readyz", "port": "http"},
        }
        assert container["readinessProbe"]["timeoutSeconds"] > SECONDS
    assert {"/healthz", "/readyz", "/metrics"} <= PATHS


@every_overlay
def test_figures_are_asked_for_where_they_are(name: str) -> None:
    for monitor in named(overlay(name), "PodMonitor", "onestop"):
        (asked,) = monitor["spec"]["podMetricsEndpoints"]

        assert (asked["port"], asked["path"] in PATHS) == ("http", True)


@every_overlay
def test_a_job_is_made_anew_by_whoever_applies_releases_by_himself_and_is_not_missed_by_him(name: str) -> None:
    """One that goes by itself when it has ended is made again by Flux and Argo CD, every few minutes, for ever."""
    for one in named(overlay(name), "Job"):
        assert "ttlSecondsAfterFinished" not in one["spec"]
        assert one["metadata"]["annotations"] == {
            "argocd.argoproj.io/hook": "Sync",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            "kustomize.toolkit.fluxcd.io/force": "enabled",
        }


@every_overlay
def test_an_election_of_the_database_makes_no_pod_unready(name: str) -> None:
    """It takes some ten seconds and is the same for all pods at once: nobody would be left to say so to people."""
    for one in services(overlay(name)):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        probe = container["readinessProbe"]

        assert probe["periodSeconds"] * (probe["failureThreshold"] - 1) >= ELECTION_SECONDS


@every_overlay
def test_a_pod_is_given_longer_than_its_stop_takes(name: str) -> None:
    for one in services(overlay(name)):
        pod: Any = one["spec"]["template"]["spec"]
        sleep = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        told = settings(overlay(name), one["metadata"]["namespace"])["SHUTDOWN_SECONDS"]
        stop = float(told or ServiceSettings.model_fields["shutdown_seconds"].default)

        assert pod["terminationGracePeriodSeconds"] > sleep + OPEN_SECONDS + stop + TRACES_SECONDS
        assert bool(sleep) is (label(one, "component") == "api"), "who answers requests waits until none is sent"


@every_overlay
def test_what_is_sent_and_what_is_made_of_it_fits_on_the_disk_of_a_pod(name: str) -> None:
    """The kubelet puts out a pod that holds more, with all requests in it."""
    needed = sum(FOLDERS.values())
    receiving = [
        one["spec"]["template"]["spec"]
        for one in services(overlay(name))
        if label(one, "component") == "api" and label(one, "name") != "notify"  # who takes no files
    ]

    assert receiving
    for pod in receiving:
        (room,) = [_bytes(one["emptyDir"]["sizeLimit"]) for one in pod["volumes"] if one["name"] == "tmp"]
        limit = _bytes(pod["containers"][0]["resources"]["limits"]["ephemeral-storage"])

        assert needed <= room < limit


def test_of_every_folder_for_files_is_known_how_much_it_holds() -> None:
    assert {f"{one.path} {call}" for one in modules("services", "shared") for call in _made(one)} == set(FOLDERS)


def _made(module: Module) -> Iterator[str]:
    """The folders and files that it makes for a while, by its own word, and those that it asks `apart` for."""
    temporary = {name.rpartition(".")[2] for name in module.imports() if name.startswith("tempfile.")}
    for name, call in module.calls():
        if name in temporary or name.startswith("tempfile."):
            yield name
        elif name == "apart.room":
            narrowest = " ".join(ast.unparse(door) for door in call.args[-1:])
            if narrowest != "apart.TURNS":
                yield f"{name} {narrowest}".strip()


def _bytes(quantity: str) -> int:
    return int(quantity[:-2]) * {"Mi": 1024**2, "Gi": 1024**3}[quantity[-2:]]


@every_overlay
def test_whatever_selects_pods_selects_some(name: str) -> None:
    made = [(_where(one), template(one)["metadata"]["labels"]) for one in _workloads(name)]
    for one in (*named(overlay(name), "Service"), *named(overlay(name), "PodDisruptionBudget")):
        selector = one["spec"].get("selector", {})
        labels = selector.get("matchLabels", selector)
        found = [has for where, has in made if where == _where(one) and labels and labels.items() <= has.items()]

        assert bool(found) is (one["metadata"]["name"] != "nobody"), one["metadata"]["name"]


@every_overlay
def test_what_is_scaled_by_itself_exists_and_has_no_number_of_its_own(name: str) -> None:
    found = {(_where(one), one["metadata"]["name"]): one for one in named(overlay(name), "Deployment")}
    scaled = [*named(overlay(name), "HorizontalPodAutoscaler"), *named(overlay(name), "ScaledObject")]

    for one in scaled:
        assert "replicas" not in found[_where(one), one["spec"]["scaleTargetRef"]["name"]]["spec"]


@every_overlay
def test_commands_are_programs_of_the_image(name: str) -> None:
    for whose, one, _ in containers(name):
        match one.get("command", []):
            case ["python", "-m", module, *_]:
                assert find_spec(module), whose
            case [*words]:
                assert _image(one) not in OUR_IMAGES or not words, whose


def _where(one: Manifest) -> str:
    return str(one["metadata"]["namespace"])


def _workloads(name: str) -> list[Manifest]:
    return [one for one in overlay(name) if one["kind"] in WORKLOADS]


@every_overlay
def test_every_pod_of_the_services_is_of_one_of_the_kinds_that_policies_and_monitors_name(name: str) -> None:
    assert {label(one, "component") for one in services(overlay(name))} == set(OURS)
