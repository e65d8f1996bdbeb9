"""What stands around the services: proxy, sign-in, mail and traces."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.local.downloads import cache
from deploy.local.machine import ROOT
from deploy.local.part import Part, http_ready, tcp_ready
from deploy.local.ports import Ports

_PEOPLE = ROOT / "deploy/local/people.yaml"
_SHIFT = 8 * 60 * 60  # seconds that a token of the development provider is good for


def people() -> Sequence[Mapping[str, Any]]:
    """Who can sign in at the development provider."""
    listed: Sequence[Mapping[str, Any]] = yaml.safe_load(_PEOPLE.read_text())["people"]
    return listed


def proxy(home: Path, ports: Ports) -> Part:
    """Caddy: one origin in front of the four services, by the path table in `deploy/Caddyfile`."""
    services = ("intake", "dispatch", "permits", "notify")
    config = ROOT / "deploy" / "Caddyfile"
    return Part(
        name="proxy",
        argv=["caddy", "run", "--config", str(config), "--adapter", "caddyfile"],
        env={
            "PROXY_ADDRESS": f"http://:{ports.proxy}",
            **{f"{name.upper()}_ADDRESS": f"127.0.0.1:{getattr(ports, name)}" for name in services},
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "data"),
        },
        ports=(ports.proxy,),
        ready=lambda: tcp_ready(ports.proxy),
        version=config.read_text(),
    )


def oidc(_home: Path, ports: Ports) -> Part:
    """A development provider of OpenID Connect; whoever clicks a name is that person. Never for production."""
    users = [argument for person in people() for argument in ("--user-claims", json.dumps(person))]
    return Part(
        name="oidc",
        argv=[
            sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(ports.oidc),
            "--token-max-age", str(_SHIFT), *users,
        ],
        ports=(ports.oidc,),
        env={"PYTHONWARNINGS": "ignore"},
        ready=lambda: http_ready(ports.oidc, "/.well-known/openid-configuration"),
        replace_by="OIDC_ISSUER",
        grace=3,
    )  # fmt: skip


def mail(home: Path, ports: Ports) -> Part:
    """Maildev: takes every message, delivers none, and shows them on a page."""
    script = ROOT / "node_modules/maildev/dist/bin/maildev.js"
    return Part(
        name="mail",
        argv=[
            str(Path(sys.executable).with_name("node")), str(script),
            "--ip", "127.0.0.1", "--smtp", str(ports.smtp), "--web-ip", "127.0.0.1", "--web", str(ports.mail),
            "--mail-directory", str(home / "data" / "mail"), "--max-emails", "2000",
        ],
        ports=(ports.smtp, ports.mail),
        prepare=lambda: (home / "data" / "mail").mkdir(parents=True, exist_ok=True),
        ready=lambda: tcp_ready(ports.smtp) and http_ready(ports.mail, "/"),
        replace_by="SMTP_URL",
        grace=3,
    )  # fmt: skip


def zipkin(_home: Path, ports: Ports) -> Part:
    """Zipkin: traces in memory, and the page to look at them."""
    return Part(
        name="zipkin",
        argv=[
            "java", "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-jar", str(cache() / "zipkin" / "zipkin-server-exec.jar"),
            # One list: naming the address means naming port and protocol again.
            "--armeria.ports[0].ip=127.0.0.1", f"--armeria.ports[0].port={ports.zipkin}",
            "--armeria.ports[0].protocols[0]=http", "--logging.level.root=WARN",
        ],
        env={"MEM_MAX_SPANS": "200000"},
        ports=(ports.zipkin,),
        ready=lambda: http_ready(ports.zipkin, "/health"),
        replace_by="OTEL_EXPORTER_OTLP_ENDPOINT",
    )  # fmt: skip
