"""What the machine itself must have for real pods, beside what the local stack needs."""

from collections.abc import Callable
from pathlib import Path

from deploy.local import machine
from deploy.local.machine import has_program
from deploy.local.runner import StackError

NEEDED: dict[str, Callable[[], bool]] = {
    "containerd": has_program("containerd"),
    "runc": has_program("runc"),
    "containernetworking-plugins": Path("/usr/lib/cni/bridge").exists,  # the pods' network
    "conntrack": has_program("conntrack"),  # kube-proxy forgets the connections of pods that are gone
    "iptables": has_program("iptables"),
    "iproute2": has_program("ip"),
    "procps": has_program("sysctl"),
}


def prepare() -> None:
    """Install what is missing; StackError when that was not possible."""
    if not machine.install(NEEDED):
        raise StackError("the machine lacks what is named above")
