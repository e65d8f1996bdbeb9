"""Which port each part listens on, whether it is free, and who holds it when it is not."""

import os
import socket
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from random import SystemRandom

_LISTEN = "0A"  # the state column of /proc/net/tcp
# Below the range the kernel gives to outgoing connections, so none is taken between the choice and its use.
FREE = range(15000, 32000)


@dataclass(frozen=True)
class Ports:
    """The defaults that people and outside programs know."""

    proxy: int = 8080
    intake: int = 8101
    dispatch: int = 8102
    permits: int = 8103
    notify: int = 8104
    kafka: int = 9092
    kafka_controller: int = 9093
    kafka_certificates: int = 9094
    kafka_outside: int = 9095
    mongo: int = 27017
    oidc: int = 8181
    smtp: int = 1025
    mail: int = 1080
    zipkin: int = 9411
    prometheus: int = 9090

    @classmethod
    def from_environment(cls) -> "Ports":
        """`PORT_OFFSET=1000` moves all of them, so that two clones can run side by side."""
        offset = int(os.environ.get("PORT_OFFSET") or 0)
        return cls(**{field.name: getattr(cls, field.name) + offset for field in fields(cls)})

    @classmethod
    def free(cls) -> "Ports":
        """Ports nobody listens on, for a private instance."""
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))


def free_ports(count: int) -> list[int]:
    """Ports of `FREE` that nobody listens on."""
    pick = SystemRandom()
    found: set[int] = set()
    while len(found) < count:
        port = pick.choice(FREE)
        if is_free(port):
            found.add(port)
    return list(found)


def is_free(port: int) -> bool:
    """Nothing listens on the port of the loopback address (or of all addresses)."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """The process that listens on the port, as `pid 123 (java -Xmx384m …)`."""
    inodes = {f"socket:[{inode}]" for inode in _list_listening(port)}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or another user's
            if any(str(entry.readlink()) in inodes for entry in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"pid {process.name} ({command[:120]})"
    return "a process of another user"


def _list_listening(port: int) -> Iterable[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                    yield columns[9]
