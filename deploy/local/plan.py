"""The whole stack in the order it is started, without the parts that the environment replaces."""

import os
from pathlib import Path

from deploy.local.machine import ROOT
from deploy.local.part import Part
from deploy.local.parts.edge import mail, oidc, proxy, zipkin
from deploy.local.parts.kafka import kafka
from deploy.local.parts.mongo import mongo
from deploy.local.parts.services import environment, services, topics
from deploy.local.ports import Ports
from deploy.local.runner import replaced

HOME = ROOT / ".local"


def everything(home: Path, ports: Ports) -> list[Part]:
    """Every part, real ones of the environment left out."""
    env = environment(ports, os.environ)
    around = [build(home, ports) for build in (kafka, mongo, oidc, mail, zipkin, proxy)]
    return [*(part for part in around if not replaced(part)), topics(env), *services(ports, env)]
