"""`onestop users`: who may what in MongoDB, one user for each service and one for operators.

A user is called like its service; in a database that several towns share, where each has a prefix, like its service's
database. It reads and writes its service's own database and the one of ended
sessions, which all services share, and nothing else: not even the name of another database. Operators have them all.
"""

import argparse
import json
from collections.abc import Mapping, Sequence

from shared.events.catalogue import SERVICES
from shared.settings import NameSettings
from tools.operate.acls import OPERATORS
from tools.operate.asking import add_json, as_json

SESSIONS = "sessions"  # see shared/kernel/ended_sessions.py
ALONE = "onestop"  # the prefix of a town that has the database for itself: see shared/settings.py
OPLOG = {"role": "read", "db": "local"}  # how far back it reaches, `onestop doctor` looks at
Roles = list[dict[str, str]]


def roles(prefix: str = ALONE) -> Mapping[str, Roles]:
    """By user; `prefix` is the installation's MONGODB_PREFIX."""
    databases = {service: _database(prefix, service) for service in (*SERVICES, SESSIONS)}
    own = {service: [databases[service], databases[SESSIONS]] for service in SERVICES}
    given: Mapping[str, Roles] = {**own, OPERATORS: [*databases.values(), OPLOG]}
    return given if prefix == ALONE else {f"{prefix}_{name}": may for name, may in given.items()}


def as_command(name: str, given: Roles) -> str:
    """The same for MongoDB's own shell, which asks for the password."""
    said = json.dumps({"user": name, "roles": given})
    return f'db.getSiblingDB("admin").createUser({{...{said}, pwd: passwordPrompt()}})'


def main(arguments: Sequence[str]) -> int:
    """Prints a command for each; it changes nothing, for who makes users is the database's administrator."""
    parser = argparse.ArgumentParser(prog="onestop users", description=__doc__)
    parser.add_argument("--prefix", default=NameSettings().mongodb_prefix, help="MONGODB_PREFIX")
    add_json(parser)
    asked = parser.parse_args(arguments)
    wanted = roles(asked.prefix)
    print(as_json(wanted) if asked.json else "\n".join(as_command(*one) for one in wanted.items()))
    return 0


def _database(prefix: str, name: str) -> dict[str, str]:
    return {"role": "readWrite", "db": f"{prefix}_{name}"}
