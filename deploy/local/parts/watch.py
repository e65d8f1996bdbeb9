"""Prometheus beside the stack, with the very rules that a town is watched by; started only when it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from deploy.local.downloads import prometheus_pages, prometheus_program
from deploy.local.machine import ROOT
from deploy.local.part import Part, http_ready
from deploy.local.ports import Ports
from shared.events.catalogue import SERVICES

MONITORING = ROOT / "deploy" / "monitoring"
RULES = MONITORING / "rules"
SECONDS = 5  # between two looks: at a desk nobody wants to wait for a minute


def prometheus(
    home: Path, ports: Ports, env: Mapping[str, str], *, rules: Path = RULES, seconds: int = SECONDS
) -> Part:
    """Asks the four services for their metrics, and tells on its page and by its API which alarms ring."""
    town = Path(env["TOWN_DIR"]).name
    targets = [
        {"targets": [f"127.0.0.1:{getattr(ports, name)}"], "labels": {"town": town, "service": name}}
        for name in SERVICES
    ]
    return watch_with(home, ports.prometheus, [{"job_name": "onestop", "static_configs": targets}], rules, seconds)


def watch_with(home: Path, port: int, jobs: Sequence[Mapping[str, object]], rules: Path, seconds: int) -> Part:
    """Prometheus, which asks whom the jobs name, so often, and judges as often by all rules of that folder.

    Every target has the labels that the rules group by (docs/operations/alarms.md).
    """
    config = home / "prometheus.yaml"
    files = sorted(rules.glob("*.yaml"))
    content = yaml.safe_dump(
        {
            "global": dict.fromkeys(("scrape_interval", "scrape_timeout", "evaluation_interval"), f"{seconds}s"),
            "rule_files": [str(file) for file in files],
            "scrape_configs": [*jobs],
        },
        sort_keys=False,
    )
    return Part(
        name="prometheus",
        argv=[
            prometheus_program("prometheus"), f"--config.file={config}",
            f"--storage.tsdb.path={home / 'data' / 'prometheus'}", "--storage.tsdb.retention.time=3d",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            *([f"--web.local-assets={pages}/"] if (pages := prometheus_pages()) else []),
        ],
        prepare=lambda: _write(config, content),
        ports=(port,),
        ready=lambda: http_ready(port, "/-/ready"),
        version=content + "".join(file.read_text("utf-8") for file in files),
        is_extra=True,
    )  # fmt: skip


def alarms_page(ports: Ports) -> str:
    """Where its page shows what rings: Debian's has only the older pages."""
    return f"http://localhost:{ports.prometheus}{'/classic' if prometheus_pages() else ''}/alerts"


def _write(file: Path, content: str) -> None:
    file.write_text(content, "utf-8")
