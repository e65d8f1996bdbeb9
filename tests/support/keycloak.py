"""The administrator of a real Keycloak, as far as tests need one: by its REST interface, as the admin console does."""

import json
from secrets import token_hex
from typing import Any

import httpx

from deploy.local.keycloak import ADMIN, PROGRAM_FILE, REALM
from tests.support.stack import Stack

RSA = "org.keycloak.keys.KeyProvider"


class Administrator:
    """Acts in the town's realm."""

    def __init__(self, stack: Stack) -> None:
        self.issuer = stack.env["OIDC_ISSUER"]
        self.server = self.issuer.removesuffix(f"/realms/{REALM}")
        self._http = httpx.Client(base_url=f"{self.server}/admin/realms/{REALM}", timeout=30)

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """One request; its answer read, or the address of what it has made."""
        headers = {"Authorization": f"Bearer {self.token()}"}  # good for a minute, so each has its own
        answer = self._http.request(method, path, json=body, params=query, headers=headers).raise_for_status()
        if "location" in answer.headers:
            return answer.headers["location"].rpartition("/")[2]
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Leave."""
        self._http.close()

    def token(self) -> str:
        """Of the server's own realm, which is not the town's."""
        form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN, "password": ADMIN}
        where = f"{self.server}/realms/master/protocol/openid-connect/token"
        return str(httpx.post(where, data=form, timeout=30).raise_for_status().json()["access_token"])

    def add_person(self, *, password: str, roles: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> str:
        """A new account's name."""
        name = f"new-{token_hex(4)}"
        user = self.call(
            "POST", "/users",
            {
                "username": name, "enabled": True, "firstName": "ผู้มาใหม่", "groups": list(groups),
                "credentials": [{"type": "password", "value": password}],
            },
        )  # fmt: skip
        self.give(user, *roles)
        return name

    def user(self, name: str) -> str:
        """The id of an account."""
        return str(self.call("GET", "/users", username=name, exact="true")[0]["id"])

    def give(self, user: str, *roles: str) -> None:
        """Roles to an account."""
        found = [self.call("GET", f"/roles/{role}") for role in roles]
        self.call("POST", f"/users/{user}/role-mappings/realm", found)

    def add_program(self, *roles: str, group: str = "", seconds: int = 300, **changes: Any) -> str:
        """A client of a program's own, as docs/operations/sign-in.md says; its name."""
        name = f"program-{token_hex(4)}"
        own = {"clientId": name, "secret": name, "attributes": {"access.token.lifespan": str(seconds)}}
        client = self.call("POST", "/clients", {**json.loads(PROGRAM_FILE.read_text("utf-8")), **own, **changes})
        account = self.call("GET", f"/clients/{client}/service-account-user")["id"]
        self.give(account, *roles)
        if group:
            self.call("PUT", f"/users/{account}/groups/{self.call('GET', f'/group-by-path/{group}')['id']}")
        return name

    def program_token(self, name: str, realm: str = REALM) -> str:
        """What the program is given for its secret."""
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": name}
        where = f"{self.server}/realms/{realm}/protocol/openid-connect/token"
        return str(httpx.post(where, data=form, timeout=30).raise_for_status().json()["access_token"])

    def renew_keys(self) -> None:
        """A new key signs from now on, and the one before is gone."""
        before = self.call("GET", "/components", type=RSA)
        realm = self.call("GET", "")["id"]
        self.call(
            "POST", "/components",
            {
                "name": f"rsa-{token_hex(4)}", "providerId": "rsa-generated", "providerType": RSA, "parentId": realm,
                "config": {"priority": ["200"], "algorithm": ["RS256"]},
            },
        )  # fmt: skip
        for key in before:
            if key["providerId"] == "rsa-generated":
                self.call("DELETE", f"/components/{key['id']}")
