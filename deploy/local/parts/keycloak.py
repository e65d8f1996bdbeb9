"""Keycloak in place of the development provider, with the town's own realm: `make up KEYCLOAK=1`."""

from pathlib import Path

from deploy.local.keycloak import JVM, REALM, cache, furnish, local_realm
from deploy.local.part import Part, http_ready
from deploy.local.ports import Ports
from deploy.local.runner import StackError
from shared.settings import ServiceSettings


def keycloak(home: Path, ports: Ports) -> Part:
    """The server on 127.0.0.1, its data under `home`."""
    folder = home / "data" / "keycloak"
    address = f"http://localhost:{ports.oidc}"
    return Part(
        name="oidc",
        argv=[
            str(cache() / "bin/kc.sh"), f"-Dkc.home.dir={folder}", f"-Djboss.server.config.dir={folder / 'conf'}",
            "start", "--optimized", "--import-realm", "--cache=local",
            "--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={ports.oidc}", f"--hostname={address}",
        ],
        ports=(ports.oidc,),
        env={
            **JVM,
            "ONESTOP_PUBLIC_URL": f"http://localhost:{ports.proxy}",
            "ONESTOP_CLIENT_SECRET": ServiceSettings.model_fields["oidc_client_secret"].default,
        },
        prepare=lambda: _prepare(folder),
        ready=lambda: http_ready(ports.oidc, f"/realms/{REALM}/.well-known/openid-configuration"),
        replace_by="OIDC_ISSUER",
        version=local_realm(),
        start_seconds=300,  # the first time; an idle machine takes about 30
        grace=10,
    )  # fmt: skip


def _prepare(folder: Path) -> None:
    if not cache().is_dir():
        raise StackError("Keycloak is not on this machine: `make keycloak` fetches it (180 MB)")
    furnish(folder)
