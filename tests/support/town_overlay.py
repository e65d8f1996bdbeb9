"""The overlay `town` as the project ships it, and on top of it what a person must say who runs it here: addresses,
secrets, and in the place of operators that a test has not, the Secrets that they would make.
"""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import yaml

from deploy.cluster.images import OF_THE_CLUSTER
from deploy.image.build import ARCHIVES, NAMES, TARGETS
from deploy.local.seal import issue
from shared.events.catalogue import SERVICES
from tests.support.alarms import SHORTER
from tests.support.beside import HOST, Beside
from tests.support.manifests import KUBERNETES
from tools.operate.acls import OPERATORS

OVERLAY = KUBERNETES / "overlays/town"
NAMESPACE = "onestop"
BOOTSTRAP = "kafka-kafka-bootstrap"  # the Service that Strimzi would make
MET_AS = (BOOTSTRAP, f"{BOOTSTRAP}.{NAMESPACE}.svc")  # names of it in the broker's certificate, as in Strimzi's
WORKERS = 2  # of each service, the least that KEDA has: nobody acts on its objects here
NEXT = "next"  # the tag of the release after this one
COLLECTOR = "otel/opentelemetry-collector-contrib"  # whose image cannot be had here; its program is built
# For how long the collector tries again what its store does not take, and how often, unless it is told otherwise.
TRIES_SECONDS = {"initial_interval": 5, "max_interval": 30, "max_elapsed_time": 300}
_AUTHORITY = "/etc/onestop/mongodb/ca.crt"  # mounted from the Secret that cert-manager would make
Object = dict[str, Any]


def images() -> Mapping[str, str]:
    """Our images' full names, by what the manifests call them."""
    return {f"registry.invalid/{NAMES[target]}": f"docker.io/library/{NAMES[target]}:local" for target in TARGETS}


def archives() -> list[Path]:
    """Where they were laid down."""
    return [ARCHIVES / f"{target}.tar" for target in TARGETS]


def write_overlay(folder: Path, beside: Beside) -> Path:
    """The few lines on top of the overlay, in a folder of their own."""
    folder.mkdir(parents=True)
    said = {
        "PUBLIC_URL": "https://onestop.town.test",
        "OIDC_ISSUER": beside.issuer_url,
        "OIDC_CA_FILE": _AUTHORITY,
        "SMTP_CA_FILE": _AUTHORITY,
        "TRUSTED_PROXIES": "10.250.0.0/24",
        "CLIENT_SHARE": "0.9",
        "RATE_LIMITS": "requests=600000,reports=60000,applications=6000,documents=6000,applicants=6000,"
        "application-pages=60000,desk=6000",
    }
    chosen = [(old, *new.rsplit(":", 1)) for old, new in {**images(), COLLECTOR: OF_THE_CLUSTER["collector"]}.items()]
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(OVERLAY, folder)],
        "images": [{"name": old, "newName": new, "newTag": tag} for old, new, tag in chosen],
        "replicas": [{"name": f"{service}-worker", "count": WORKERS} for service in SERVICES],
        "configMapGenerator": [_merged("settings", said), _merged("collector", {"config.yaml": _collector()})],
        "patches": [{"patch": json.dumps(_of_collector(TRACES_PLAINTEXT="true"))}],  # nobody vouches for a store here
    }  # fmt: skip
    (folder / "kustomization.yaml").write_text(json.dumps(kustomization))
    return folder


def _merged(name: str, said: Mapping[str, str]) -> Object:
    literals = [f"{key}={value}" for key, value in said.items()]
    return {"name": name, "namespace": NAMESPACE, "behavior": "merge", "literals": literals}


def _of_collector(**variables: str) -> Object:
    """A patch of its pod."""
    env = [{"name": name, "value": value} for name, value in variables.items()]
    pod = {"spec": {"containers": [{"name": "collector", "env": env}]}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "collector"}, "spec": {"template": pod}}


def _collector() -> str:
    """Its configuration as it is shipped, but for the times of its tries: alarms are rung at a sixtieth."""
    config = yaml.safe_load((KUBERNETES / "components/collector/config.yaml").read_text("utf-8"))
    tries = {name: f"{seconds / SHORTER:g}s" for name, seconds in TRIES_SECONDS.items()}
    config["exporters"]["otlp"]["retry_on_failure"] = tries
    return str(yaml.safe_dump(config, sort_keys=False))


def given_secrets(beside: Beside) -> list[Object]:
    """What a person gives, and what cert-manager and MongoDB's operator would make."""
    assert beside.secured is not None
    authority = {"ca.crt": beside.secured.ca.read_text()}
    collector = beside.secured.authority.issue("collector", ("collector",))  # key and certificate in one text
    common = {name: secrets.token_urlsafe(32) for name in ("session-secret", "link-secret", "oidc-client-secret")}
    return [
        secret("common-secrets", common),
        secret("permits-signing", {"signature-secret": secrets.token_urlsafe(32)}),
        {**secret("permits-seal", {}), "data": {"seal.p12": b64encode(_seal()).decode()}},
        secret("notify-secrets", {"smtp-url": beside.env["SMTP_URL"].replace("127.0.0.1", HOST)}),
        secret("mongodb-certificate", authority),
        secret("collector-certificate", {**authority, "tls.key": collector, "tls.crt": collector}),
        *(secret(f"mongodb-uri-{name}", {"connectionString.standard": _uri(beside, name)}) for name in SERVICES),
        secret("mongodb-uri-operator", {"connectionString.standard": _uri(beside, OPERATORS)}),
    ]


def _seal() -> bytes:
    """A key of the town's own, as an authority would issue it."""
    return issue("ตราประทับ", "เทศบาลตัวอย่าง", datetime.now(UTC), timedelta(days=365))


def secret(name: str, values: Mapping[str, str]) -> Object:
    """In words, not in base64."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": dict(values)}


def _uri(beside: Beside, name: str) -> str:
    assert beside.secured is not None
    who = f"{name}:{quote_plus(beside.secured.password(name))}"
    options = f"replicaSet=rs0&directConnection=true&tls=true&tlsCAFile={quote_plus(_AUTHORITY)}"
    return f"mongodb://{who}@{HOST}:{beside.ports.mongo}/?{options}"
