"""Every setting and metric stands in the operators' pages, and nothing stands there that the code does not know."""

import ast
import re

import pytest
import yaml

from services.__main__ import IDLE_SECONDS
from shared.events.catalogue import SERVICES
from shared.telemetry import names
from tests.support.source import ROOT, Module, modules, parse

CONFIGURATION = ROOT / "docs/operations/configuration.md"
TRACING = ROOT / "docs/operations/tracing.md"


def settings_fields(module: Module) -> set[str]:
    """Environment names of the fields of every `…Settings` class of a module."""
    return {
        field.target.id.upper()
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings")
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if "ClassVar" not in ast.unparse(field.annotation)
    }


def documented(text: str) -> set[str]:
    """First cells of table rows that look like an environment variable."""
    return set(re.findall(r"^\| *`([A-Z][A-Z0-9_]+)` *\|", text, re.MULTILINE))


def known() -> set[str]:
    files = [module for module in modules("services", "shared", "tools") if module.path.endswith("settings.py")]
    return {name for module in files for name in settings_fields(module)}


def composed(text: str) -> set[str]:
    """What the compose file sets for services; one that it forgets `tests/deploy/test_compose.py` names."""
    parts = yaml.safe_load(text)["services"]
    environments = [parts[name].get("environment") or {} for name in SERVICES if name in parts]
    return {key.partition("=")[0] for environment in environments for key in environment}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    assert documented(CONFIGURATION.read_text("utf-8")) == known()


def test_no_setting_is_called_like_the_file_of_another() -> None:
    """`SMTP_CA_FILE` names a file that is used, `SESSION_SECRET_FILE` one that holds a value: no name is both."""
    assert not {name for name in known() if name.removesuffix("_FILE") in known() - {name}}


def test_the_compose_file_sets_only_what_services_know() -> None:
    assert composed((ROOT / "deploy/compose.yaml").read_text("utf-8")) <= known()


def test_services_keep_an_idle_connection_for_longer_than_the_proxy_does() -> None:
    """Else a request that leaves in the moment of the close is lost, as a 502 or a reset."""
    (proxy,) = re.findall(r"keepalive (\d+)s", (ROOT / "deploy/proxy/Caddyfile").read_text("utf-8"))

    assert int(proxy) < IDLE_SECONDS


def limits(module: Module) -> set[str]:
    """The names of its rate limits."""
    return {
        str(call.args[0].value)
        for name, call in module.calls()
        if name == "rate_limit" and isinstance(call.args[0], ast.Constant)
    }


def test_every_limit_can_be_found_by_its_name_where_it_is_kept() -> None:
    page = CONFIGURATION.read_text("utf-8").partition("### Names of limits")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (\w+|every service) \| (`.+) \|$", page, re.MULTILINE))
    kept: dict[str, set[str]] = {}
    for module in modules("services", "shared"):
        owner = module.path.split("/")[1] if module.path.startswith("services/") else "every service"
        kept.setdefault(owner, set()).update(limits(module))

    assert {owner: set(re.findall(r"`([\w-]+)`", names)) for owner, names in rows.items()} == {
        owner: names for owner, names in kept.items() if names
    }


@pytest.mark.parametrize("metric", names.METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_documented(metric: names.Metric) -> None:
    row = f"| `{metric.exposed}` | {metric.kind} | {metric.unit} | {metric.meaning} |"
    labels = " ".join(f"`{label}`" for label in metric.labels)

    assert f"{row} {labels} |" in TRACING.read_text("utf-8")


def test_every_documented_metric_exists() -> None:
    mentioned = set(re.findall(r"`(onestop_[a-z_]+)`", TRACING.read_text("utf-8")))

    assert mentioned == {metric.exposed for metric in names.METRICS}


def test_every_telemetry_name_is_used() -> None:
    """A span, attribute or metric that nobody writes is a promise that nobody keeps."""
    declared = {name for name in vars(names) if name.isupper()} - {"SECONDS", "SIZES", "PATIENCE", "METRICS"}
    source = [module for module in modules("services", "shared") if module.path != "shared/telemetry/names.py"]
    used = {node.attr for module in source for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}

    assert declared <= used


def test_a_setting_of_a_service_is_found() -> None:
    source = (
        "class Settings(ServiceSettings):\n    model_config = 1\n    smtp_url: str = ''\n    x: ClassVar[int] = 1\n"
    )

    assert settings_fields(parse("services/notify/settings.py", source)) == {"SMTP_URL"}


def test_documented_settings_are_read_from_the_tables() -> None:
    assert documented("| `SMTP_URL` | … |\n`NOT_A_ROW`\n| `lower` | |") == {"SMTP_URL"}


def test_the_compose_file_is_read_in_both_notations() -> None:
    text = "services:\n  intake: {environment: {A: 1}}\n  dispatch: {environment: [B=2]}\n  permits: {}\n  notify: {}\n"

    assert composed(text) == {"A", "B"}
