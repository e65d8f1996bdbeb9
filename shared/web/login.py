"""Signing in and out: authorization code with PKCE, `state` tied to the browser, `nonce` tied to the token."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from shared.settings import ServiceSettings
from shared.town import Town
from shared.web.headers import origin_of
from shared.web.language import language_of
from shared.web.limits import rate_limit
from shared.web.logout_hint import LogoutHint
from shared.web.oidc import Provider
from shared.web.own_path import own_path
from shared.web.parts import part_of
from shared.web.people import person_from_claims
from shared.web.problem import Problem
from shared.web.proof import demands
from shared.web.security_log import note
from shared.web.session import Sessions
from shared.web.session_keeper import Revocations

router = APIRouter(prefix="/auth", include_in_schema=False)
MAX_LOGINS = 4  # sign-ins under way in one browser; beyond that all are forgotten, so that cookies do not pile up
limited = Depends(rate_limit("login", per_minute=60, burst=30))  # a whole office may share one address
# The provider speaks for everybody from one address, and tells the end of a shift, or of all sessions, in one go.
told = Depends(rate_limit("logouts", per_minute=600, burst=600))


@router.get("/login", dependencies=[limited])
async def login(request: Request, return_to: str = "/", prove: bool = False) -> Response:
    """Sends the browser to the identity provider, remembering in a cookie what its answer must match.

    `prove`: the person is to show anew who they are, as the town demands of those who sign.
    """
    sessions = part_of(request, Sessions)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    url = await part_of(request, Provider).authorization_url(
        redirect_uri=callback_url(request),
        state=state,
        nonce=nonce,
        challenge=challenge_of(verifier),
        language=language_of(request),
        **(demands(part_of(request, ServiceSettings)) if prove else {}),
    )
    response = RedirectResponse(url, 303)
    started = [name for name in request.cookies if name.startswith(sessions.login_cookie(""))]
    for cookie in started if len(started) >= MAX_LOGINS else ():
        sessions.forget(response, cookie)
    memory = {"nonce": nonce, "verifier": verifier, "return_to": own_path(return_to), "prove": "yes" if prove else ""}
    sessions.remember_login(response, state, memory)
    return response


@router.get("/callback", dependencies=[limited])
async def callback(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Takes the provider's answer, only in the browser that asked, and starts the session."""
    sessions = part_of(request, Sessions)
    cookie = sessions.login_cookie(state)
    started = sessions.recall_login(request.cookies.get(cookie), state) if state else None
    if started is None:
        raise Problem(400, "login-expired")
    if error or not code:
        raise Problem(403, "login-refused")
    signed_in = await part_of(request, Provider).exchange(
        code=code, verifier=started["verifier"], redirect_uri=callback_url(request), nonce=started["nonce"]
    )
    response = RedirectResponse(started["return_to"], 303)
    sessions.forget(response, cookie)
    claims = signed_in.claims
    who = person_from_claims(claims, part_of(request, Town).code)
    sessions.start(
        response,
        who,
        provider=_text(claims, "sid"),
        proven=_seconds(claims, "auth_time"),
        means=_text(claims, "acr"),
        demanded=bool(started["prove"]),
    )
    part_of(request, LogoutHint).keep(response, signed_in.id_token)
    note("signed-in", request, who)
    return response


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:200] if isinstance(value, str) else ""


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**40 else 0


@router.post("/logout")
async def logout(request: Request) -> Response:
    """Ends our session, then the provider's if it offers that. Signing out works while the provider is away."""
    session = request.scope.get("onestop.session")
    if session is not None:
        await part_of(request, Revocations).end_session(session)
        note("signed-out", request)
    response = RedirectResponse(await _after_logout(request), 303)
    part_of(request, Sessions).end(response)
    part_of(request, LogoutHint).forget(response)
    # Photos that only staff may see are in it. Reports that wait for a network are elsewhere, and stay; what is written
    # in forms of the staff the page itself has dropped (`static/keep.mjs`).
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.post("/backchannel-logout", dependencies=[told])
async def provider_logout(request: Request, logout_token: Annotated[str, Form(max_length=8000)]) -> Response:
    """The provider says that somebody has signed out there, or that an account was closed."""
    try:
        claims = await part_of(request, Provider).logout(logout_token)
    except Problem as problem:
        raise problem if problem.status == 503 else Problem(400, "http-400") from problem
    revocations, provider_session, sub = part_of(request, Revocations), _text(claims, "sid"), _text(claims, "sub")
    if provider_session:
        await revocations.end_provider_session(provider_session)
    elif sub:
        await revocations.end_person(sub)
    else:
        raise Problem(400, "http-400")
    note("session-ended", request, sub=sub or None)
    return Response(headers={"Cache-Control": "no-store"})


async def _after_logout(request: Request) -> str:
    provider = part_of(request, Provider)
    try:
        endpoint = str((await provider.metadata()).get("end_session_endpoint", ""))
    except Problem:
        return "/"
    # Our own content security policy blocks any other origin than the issuer's.
    if not endpoint or origin_of(endpoint) != origin_of(provider.issuer):
        return "/"
    home = part_of(request, ServiceSettings).public_url.rstrip("/") + "/"
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": home}
    if hint := part_of(request, LogoutHint).of(request):
        query["id_token_hint"] = hint
    return f"{endpoint}?{urlencode(query)}"


def callback_url(request: Request) -> str:
    """Where the identity provider sends people back to: it must be registered there to the letter."""
    return part_of(request, ServiceSettings).public_url.rstrip("/") + "/auth/callback"


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier by the method S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
