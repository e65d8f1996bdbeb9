"""Keycloak for trying the sign-in of a real town: fetched on demand, pinned, kept in the user's cache."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.downloads import base
from deploy.local.machine import ROOT
from deploy.local.oidc import people

VERSION = "26.7.3"
SHA256 = "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47"  # of the archive
REALM = "maehia"
REALM_FILE, PROGRAM_FILE = (ROOT / f"deploy/keycloak/{what}-{REALM}.json" for what in ("realm", "program"))
PASSWORD = "only-on-this-machine"  # noqa: S105 - of everybody in people.yaml
TOKENS = "onestop-developer"  # the client by which a developer gets a token for a password
ADMIN = "admin"  # name and password of the administrator of a server that only this machine reaches
# A small machine: the quick compiler alone, one thread to collect garbage.
JVM = {
    "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
    "JAVA_OPTS_APPEND": "-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
}
_ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_BUILT = ("--db=dev-file", "--health-enabled=false", "--metrics-enabled=false")
Realm = dict[str, Any]


def cache() -> Path:
    """Where this version lives, built for this machine."""
    return base() / f"keycloak-{VERSION}"


def fetch() -> Path:
    """The distribution, downloaded and built when it is not there yet."""
    home = cache()
    if home.is_dir():
        return home
    print(f"downloading Keycloak {VERSION} (180 MB, once)", flush=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as aside:
        unpacked = _unpack(_download(Path(aside)), Path(aside))
        _make_ready(unpacked)
        if not home.is_dir():  # another clone may have been quicker
            shutil.move(unpacked, home)
    return home


def _download(folder: Path) -> Path:
    asked = [_COPY, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"]
    subprocess.run(["mvn", "-q", "-B", "-C", "-Dstyle.color=never", *asked], check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tar.gz"))
    with archive.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != SHA256:
        raise ValueError(f"{archive.name} is {found} and not the pinned {SHA256}: it is another file, and not used")
    return archive


def _unpack(archive: Path, folder: Path) -> Path:
    shutil.unpack_archive(archive, folder)  # it has been compared with its hash
    return folder / f"keycloak-{VERSION}"


def _make_ready(unpacked: Path) -> None:
    """Once for all what each first start would do: build the server, make its tables and its administrator."""
    command = str(unpacked / "bin/kc.sh")
    env = {**os.environ, **JVM, "PASSWORD": ADMIN}
    administrator = ("bootstrap-admin", "user", "--optimized", "--username", ADMIN, "--password:env", "PASSWORD")
    for asked in (("build", *_BUILT), administrator):
        subprocess.run([command, *asked], check=True, stdout=subprocess.DEVNULL, env=env)


def furnish(home: Path) -> None:
    """A server's own folder: its data, the realm that it imports, and the rest from the cache.

    Keycloak leaves a realm alone that it has; so one whose file has changed is made anew, with its data.
    """
    imported = home / "data/import/realm.json"
    realm = local_realm()
    if imported.is_file() and imported.read_text("utf-8") == realm:
        return
    shutil.rmtree(home, ignore_errors=True)
    for part in ("conf", "data"):
        shutil.copytree(cache() / part, home / part)
    (home / "lib").symlink_to(cache() / "lib")
    imported.parent.mkdir()
    imported.write_text(realm, "utf-8")


def local_realm() -> str:
    """The town's realm as it is in `deploy/keycloak`, with invented people and a client for `make token` added."""
    realm: Realm = json.loads(REALM_FILE.read_text("utf-8"))
    realm["users"] = [_user(person) for person in people()]
    developer = {"clientId": TOKENS, "publicClient": True, "serviceAccountsEnabled": False}
    grants = {"directAccessGrantsEnabled": True}
    realm["clients"].append({**json.loads(PROGRAM_FILE.read_text("utf-8")), **developer, **grants})
    return json.dumps(realm, ensure_ascii=False)


def _user(person: Mapping[str, Any]) -> Realm:
    first, _, last = str(person["name"]).partition(" ")
    kinds = {"team": "teams", "level": "levels", "agency": "agencies"}
    groups = [f"/{group}/{person[kind]}" for kind, group in kinds.items() if person.get(kind)]
    return {
        "username": person["sub"],
        "enabled": True,
        "firstName": first,
        "lastName": last,
        "realmRoles": [*person["roles"], f"default-roles-{REALM}"],  # which an account made by hand has by itself
        "groups": [*groups, *(f"/offices/{office}" for office in person.get("signs_for", ()))],
        "credentials": [{"type": "password", "value": PASSWORD}],
    }
