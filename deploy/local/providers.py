"""Who signs people in on this machine: the small provider for every day, or the one that a town would run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.keycloak import REALM
from deploy.local.part import Part
from deploy.local.parts.edge import oidc
from deploy.local.parts.keycloak import keycloak
from deploy.local.ports import Ports


@dataclass(frozen=True)
class Provider:
    """`path`: of its issuer; `audience`: of the tokens that open the API."""

    part: Callable[[Path, Ports], Part]
    path: str
    audience: str

    def issuer(self, ports: Ports) -> str:
        """Its name, which is also its address."""
        return f"http://localhost:{ports.oidc}{self.path}"


DEVELOPMENT = Provider(oidc, "", "onestop")  # its only readable token is the ID token, whose audience is the client
KEYCLOAK = Provider(keycloak, f"/realms/{REALM}", "onestop-api")
