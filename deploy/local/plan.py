"""The whole stack in the order it is started, without the parts that the environment replaces."""

import os
from pathlib import Path

from deploy.local.machine import ROOT
from deploy.local.part import Part
from deploy.local.parts.edge import mail, proxy, zipkin
from deploy.local.parts.kafka import kafka
from deploy.local.parts.mongo import mongo
from deploy.local.parts.services import environment, services, topics
from deploy.local.parts.watch import prometheus
from deploy.local.ports import Ports
from deploy.local.providers import DEVELOPMENT, KEYCLOAK, Provider
from deploy.local.runner import replaced
from deploy.local.secured import Secured, secure

IS_SECURED = os.environ.get("SECURE") == "1"
PREFIX = os.environ.get("TOPIC_PREFIX", "")
# Data of the one is closed to the other, and so is what another town's principals have left.
HOME = ROOT / ".local" / f"secured{PREFIX and '-' + PREFIX}" if IS_SECURED else ROOT / ".local"


def list_parts(home: Path, ports: Ports) -> list[Part]:
    """Every part, real ones of the environment left out."""
    secured = choose_secured(home)
    env = environment(ports, os.environ, secured, provider())
    around = [kafka(home, ports, secured), mongo(home, ports, secured)]
    around += [provider().part(home, ports), mail(home, ports, secured), zipkin(home, ports), proxy(home, ports)]
    own = [part for part in around if not replaced(part)]
    watched = prometheus(home, ports, env)
    return [*own, topics(env, ports, secured), *services(ports, env, secured), watched]


def choose_secured(home: Path) -> Secured | None:
    """`SECURE=1`: with passwords, certificates and access lists."""
    return secure(home, prefix=PREFIX) if IS_SECURED else None


def provider() -> Provider:
    """`KEYCLOAK=1`: people sign in as at a town."""
    return KEYCLOAK if os.environ.get("KEYCLOAK") == "1" else DEVELOPMENT
