"""Who is asking: staff, or an agency's people, by session cookie or bearer token. Citizens have no accounts: None."""

from collections.abc import Awaitable, Callable, Container, Mapping
from typing import Any

from fastapi import Request

from shared.people import AGENCY, ROLES, Person
from shared.town import Town
from shared.web.oidc import Provider
from shared.web.parts import part_of
from shared.web.problem import Problem


def person_from_claims(claims: Mapping[str, Any], town: str) -> Person:
    """Claims of a verified token as a person; 403 when the token was issued for another town."""
    issued_for = claims.get("town")
    if issued_for not in (None, "", town):
        raise Problem(403, "wrong-town")
    name = claims.get("name") or claims.get("preferred_username") or claims["sub"]
    return Person(
        sub=str(claims["sub"]),
        name=str(name)[:200],
        roles=roles_from_claims(claims),
        team=str(claims["team"]) if claims.get("team") else None,
        agency=str(claims["agency"]) if claims.get("agency") else None,
        town=str(issued_for) if issued_for else None,
        level=str(claims["level"]) if claims.get("level") else None,
        signs_for=_offices(claims.get("signs_for")),
    )


def _offices(claimed: object) -> frozenset[str]:
    """Codes of offices, as a list or as one; a provider writes an attribute with one value without a list."""
    codes = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    return frozenset(code for code in codes if isinstance(code, str) and code)


def roles_from_claims(claims: Mapping[str, Any]) -> frozenset[str]:
    """`roles` as a list, and Keycloak's `realm_access.roles`; roles that are not ours are dropped."""
    realm = claims.get("realm_access")
    lists = (claims.get("roles"), realm.get("roles") if isinstance(realm, Mapping) else None)
    given = {role for some in lists if isinstance(some, list) for role in some if isinstance(role, str)}
    return frozenset(given.intersection((*ROLES, AGENCY)))


def team_of(who: Person, teams: Container[str]) -> str:
    """The person's team; 403 when the account has none or an unknown one, saying what is wrong and whom to ask."""
    if who.team is None:
        raise Problem(403, "no-team", detail_args={"account": who.name or who.sub})
    if who.team not in teams:
        raise Problem(403, "strange-team", detail_args={"account": who.name or who.sub, "team": who.team})
    return who.team


def agency_of(who: Person, agencies: Container[str]) -> str:
    """The agency that the person works for; 403 when the account names none or an unknown one."""
    if who.agency not in agencies or who.agency is None:
        raise Problem(403, "no-agency", detail_args={"account": who.name or who.sub})
    return who.agency


async def person(request: Request) -> Person | None:
    """Dependency: who is asking, or None. A bearer token that is not valid is a 401, never a None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return find_signed_in(request)
    known: Person | None = request.scope.get("onestop.bearer")
    if known is None:
        claims = await part_of(request, Provider).bearer(token.strip())
        known = request.scope["onestop.bearer"] = person_from_claims(claims, part_of(request, Town).code)
        request.scope["onestop.claims"] = claims
    return known


def find_known(scope: Mapping[str, Any]) -> Person | None:
    """Whom this request has turned out to be from so far, by session or token; for logs, which decide nothing."""
    bearer: Person | None = scope.get("onestop.bearer")
    session = scope.get("onestop.session")
    return bearer or (session.person if session else None)


def find_signed_in(request: Request) -> Person | None:
    """Who the session cookie says is signed in (bearer tokens are not looked at: pages have none)."""
    session = request.scope.get("onestop.session")
    return session.person if session else None


def staff(*roles: str) -> Callable[[Request], Awaitable[Person]]:
    """Dependency: a signed-in person who holds one of `roles` (none named: any role of ours).

    Nobody signed in: 401, or for a page a redirect to the login. Another role: 403.
    """

    async def need(request: Request) -> Person:
        who = await person(request)
        if who is None:
            raise Problem(401, "sign-in", headers={"WWW-Authenticate": "Bearer"})
        if not who.may(*roles):
            raise Problem(403, "role", detail_args={"roles": ", ".join(roles or ROLES)})
        return who

    return need
