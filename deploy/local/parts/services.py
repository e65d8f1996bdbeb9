"""The topics and the four services, given the addresses of everything else."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deploy.local import seal
from deploy.local.machine import ROOT
from deploy.local.part import Part, http_ready, service_trouble
from deploy.local.parts.mongo import mongo_uri
from deploy.local.ports import Ports
from deploy.local.providers import DEVELOPMENT, Provider
from deploy.local.secured import ADMIN, POST, Secured
from shared.events.catalogue import SERVICES
from tools.operate.acls import OPERATORS

BY_CERTIFICATE = ("dispatch",)  # of a secured stack; the others show their password
_MADE = (".pyc",)  # written by Python, not by people


def environment(
    ports: Ports, given: Mapping[str, str], secured: Secured | None = None, provider: Provider = DEVELOPMENT
) -> dict[str, str]:
    """The environment of every service; a value given from outside overrides ours. `secured`: it is an operator's."""
    ours = {
        "ENVIRONMENT": "local",
        "TOWN_DIR": "deploy/municipalities/maehia",
        "PUBLIC_URL": f"http://localhost:{ports.proxy}",
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports.kafka}",
        **identity(ports, secured, OPERATORS),
        "OIDC_ISSUER": provider.issuer(ports),
        "OIDC_AUDIENCE": provider.audience,
        **_post(ports, secured),
        "SEAL_KEY_FILE": str(seal.KEY),
        "PERMITS_URL": f"http://127.0.0.1:{ports.permits}",
        # At a desk everybody is 127.0.0.1, and `make play` sends thousands.
        "CLIENT_SHARE": "0.9",
        "RATE_LIMITS": "requests=600000,reports=60000,applications=6000,documents=6000,applicants=6000,"
        "application-pages=60000,desk=6000",
    }
    if not given.get("OTEL_EXPORTER_OTLP_ENDPOINT"):  # Zipkin takes no OTLP
        ours |= {"OTEL_TRACES_EXPORTER": "zipkin", "ZIPKIN_ENDPOINT": f"http://127.0.0.1:{ports.zipkin}/api/v2/spans"}
    return {name: given.get(name) or value for name, value in ours.items()}


def _post(ports: Ports, secured: Secured | None) -> dict[str, str]:
    if secured is None:
        return {"SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}"}
    return {
        "SMTP_URL": f"smtps://{POST}:{quote(secured.password(POST))}@127.0.0.1:{ports.smtp}",
        "SMTP_CA_FILE": str(secured.ca),
    }


def identity(ports: Ports, secured: Secured | None, name: str) -> dict[str, str]:
    """Who a process is to broker and database."""
    if secured is None:
        return {"MONGODB_URI": mongo_uri(ports)}
    return {"MONGODB_URI": mongo_uri(ports, secured, name), **_at_the_broker(ports, secured, name)}


def _at_the_broker(ports: Ports, secured: Secured, name: str) -> dict[str, str]:
    """By its certificate or by its password: so both ways carry whatever the stack does."""
    if name in BY_CERTIFICATE:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports.kafka_certificates}",
            "KAFKA_SECURITY_PROTOCOL": "SSL",
            "KAFKA_CERTIFICATE_FILE": str(secured.certificate(name)),
            "KAFKA_CA_FILE": str(secured.ca),
        }
    return {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_USERNAME": secured.principal(name),
        "KAFKA_SASL_PASSWORD_FILE": str(secured.password_file(name)),
        "KAFKA_CA_FILE": str(secured.ca),
    }


def topics(env: Mapping[str, str], ports: Ports, secured: Secured | None = None) -> Part:
    """A task, not a program: makes sure that the topics of the catalogue exist, and who may what on them."""
    admin = _as(ADMIN, env, ports, secured)
    needs = ("kafka", "mongo") if secured else ("kafka",)  # who gives rights is on record before they are given
    return Part(name="topics", argv=[], needs=needs, settle=lambda: _create_topics(admin, secured))


def services(ports: Ports, env: Mapping[str, str], secured: Secured | None = None) -> list[Part]:
    """All four; letters are sealed with a key of this machine's own."""
    seal.development_key()
    return [_service(name, getattr(ports, name), _as(name, env, ports, secured)) for name in SERVICES]


def _as(name: str, env: Mapping[str, str], ports: Ports, secured: Secured | None) -> Mapping[str, str]:
    """The operator's environment, with another identity in the place of theirs."""
    if secured is None:
        return env
    operators = identity(ports, secured, OPERATORS).keys()
    others = {variable: value for variable, value in env.items() if variable not in operators}
    return {**others, **identity(ports, secured, name)}


def _service(name: str, port: int, env: Mapping[str, str]) -> Part:
    """One service; `up` restarts it when its code or its town has changed."""
    return Part(
        name=name,
        argv=[sys.executable, "-m", "services", name, "--host", "127.0.0.1", "--port", str(port)],
        env={**env, "PYTHONUNBUFFERED": "1"},
        needs=("topics", "mongo", "oidc"),
        ports=(port,),
        ready=lambda: http_ready(port, "/workz"),  # tests and demo need what it hears, not only what it answers
        trouble=lambda: service_trouble(port),
        version=_code_version(name, Path(env["TOWN_DIR"])),
        grace=30,  # longer than the service's own SHUTDOWN_SECONDS
    )


def _create_topics(env: Mapping[str, str], secured: Secured | None) -> None:
    for asked in (["create"], *([["acls", "--apply", "--by", "make-up"]] if secured else ())):
        subprocess.run(
            [sys.executable, "-m", "tools.operate", "topics", *asked],
            check=True, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def _code_version(name: str, town: Path) -> str:
    """The time of the newest change to any file of the service."""
    folders = (ROOT / "services" / name, ROOT / "shared", ROOT / town)
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file() and file.suffix not in _MADE)
    return str(max((file.stat().st_mtime_ns for file in files), default=0))
