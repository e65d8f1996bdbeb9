"""The compose file is `make up` with containers: the same settings, addresses and parts, and nothing may be written."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from deploy.image.build import NAMES
from deploy.local.downloads import _POM
from deploy.local.parts.mongo import _program
from deploy.local.parts.services import environment
from deploy.local.ports import Ports
from services.dispatch import rules_apart
from shared.events.catalogue import SERVICES
from shared.files import limited
from shared.files.apart import AT_ONCE
from shared.settings import ALL_ROLES
from tests.support.source import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, part in PARTS.items() if "build" in part]
PROCESSES = [name for name in OURS if "SERVICE" in PARTS[name].get("environment", {})]
# What is elsewhere among containers: parts with a network of their own, the folder of the towns, the key of letters.
ELSEWHERE = {"KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "SMTP_URL", "ZIPKIN_ENDPOINT", "TOWN_DIR", "SEAL_KEY_FILE"}


def setting(name: str, key: str) -> str:
    """As the part gets it when the one who starts it sets nothing."""
    return re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(PARTS[name]["environment"].get(key, "")))


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_has_the_settings_of_the_local_stack(name: str) -> None:
    local = environment(Ports(), {})

    assert {key: setting(name, key) for key in local if key not in ELSEWHERE} == {
        key: value for key, value in local.items() if key not in ELSEWHERE
    }


def test_what_is_elsewhere_is_set_too() -> None:
    assert [key for name in PROCESSES for key in ELSEWHERE if not setting(name, key)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_all_roles_of_a_service_are_played(service: str) -> None:
    played = [setting(name, "ROLES") for name in PROCESSES if setting(name, "SERVICE") == service]

    assert {role for roles in played for role in (roles.split(",") if roles else ALL_ROLES)} == ALL_ROLES


@pytest.mark.parametrize("name", OURS)
def test_an_image_is_called_what_everybody_calls_it(name: str) -> None:
    assert PARTS[name]["image"] == f"{NAMES[PARTS[name]['build']['target']]}:local"


@pytest.mark.parametrize("name", OURS)
def test_ours_can_write_nowhere_but_tmp_and_may_nothing(name: str) -> None:
    part = PARTS[name]

    assert part["read_only"] is True
    assert [mount.partition(":")[0] for mount in part["tmpfs"]] == ["/tmp"]
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert [mount for mount in part.get("volumes", ()) if not mount.endswith(":ro")] == []


def test_nothing_waits_for_the_trace_store() -> None:
    assert PARTS["traces"]["healthcheck"] == {"disable": True}
    assert [name for name, part in PARTS.items() if "traces" in part.get("depends_on", ())] == []


def test_a_file_that_swells_does_not_take_permits_down() -> None:
    limit = PARTS["permits"]["deploy"]["resources"]["limits"]["memory"]

    assert int(limit.removesuffix("M")) * 1024**2 >= AT_ONCE * limited.MEMORY_MOST + 512 * 1024**2


def test_a_rule_file_that_swells_does_not_take_dispatch_down() -> None:
    limit = PARTS["dispatch"]["deploy"]["resources"]["limits"]["memory"]

    assert int(limit.removesuffix("M")) * 1024**2 >= rules_apart.MEMORY_MOST + 640 * 1024**2, "photos, and the service"


def test_the_same_addresses_are_open_to_this_machine_alone() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", ())]
    ports = Ports()
    known = (ports.proxy, ports.kafka, ports.mongo, ports.oidc, ports.smtp, ports.mail, ports.zipkin)

    assert sorted(published) == sorted(f"127.0.0.1:{port}:{port}" for port in known)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_listens_where_the_proxy_looks(service: str) -> None:
    proxy = (ROOT / "deploy/proxy/Caddyfile").read_text("utf-8")

    assert f"{{${service.upper()}_ADDRESS:127.0.0.1:{setting(service, 'PORT')}}}" in proxy
    assert PARTS[service]["network_mode"] == PARTS["proxy"]["network_mode"] == "service:oidc"


def test_no_two_processes_of_the_shared_network_listen_on_one_port() -> None:
    ports = [setting(name, "PORT") for name in PROCESSES]

    assert len(ports) == len(set(ports))


@pytest.mark.parametrize("name", list(PARTS))
def test_every_image_has_a_version(name: str) -> None:
    tag = PARTS[name]["image"].rpartition(":")[2]

    assert tag == "local" if name in OURS else re.match(r"\d+\.\d", tag)


def test_the_parts_around_are_of_the_versions_that_are_tested() -> None:
    said = subprocess.run([_program(), "--version"], check=True, capture_output=True, text=True).stdout
    (series,) = re.findall(r"^db version v(\d+\.\d+)", said, re.MULTILINE)
    java = dict(re.findall(r"<artifactId>(\S+)</artifactId>\s*<version>(\S+)</version>", _POM.read_text("utf-8")))

    assert PARTS["mongo"]["image"] == f"mongo:{series}"
    assert PARTS["kafka"]["image"] == f"apache/kafka:{java['kafka_2.13']}"
    assert PARTS["traces"]["image"] == f"openzipkin/zipkin:{java['zipkin-server']}"


@pytest.mark.parametrize("page", ["README.md", "docs/operations/install.md", "deploy/compose.yaml"])
def test_whoever_is_told_to_start_it_is_told_before_to_make_what_seals_letters(page: str) -> None:
    """Else the first signed decision's letter waits, and Docker makes the folder as root's."""
    told = (ROOT / page).read_text("utf-8").partition("docker compose -f deploy/compose.yaml up --build")[0]

    assert "`make setup`" in told[-300:]
