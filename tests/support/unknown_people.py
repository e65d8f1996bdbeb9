"""Adds people to the development provider, for tests that need claims which nobody of the town has."""

from secrets import token_hex

import httpx

from tests.support.stack import Stack


def add_person(stack: Stack, *roles: str, town: str = "maehia", team: str | None = None) -> str:
    """Their subject id; they can sign in from now on."""
    sub = f"new-{token_hex(4)}"
    claims = {"sub": sub, "name": f"ผู้มาใหม่ {sub}", "roles": list(roles), "town": town}
    if "signatory" in roles:
        claims["signs_for"] = ["mayor"]
    if team:
        claims["team"] = team
    httpx.put(f"{stack.env['OIDC_ISSUER']}/users/{sub}", json=claims, timeout=10).raise_for_status()
    return sub
