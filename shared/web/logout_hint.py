"""The ID token of a sign-in, kept by the browser until its person signs out.

With it the provider knows whose session is to end; without it many ask "do you want to sign out?" on a page of their
own (OpenID Connect RP-Initiated Logout 1.0, section 2). It is for the provider alone: nothing here reads it, and no API
takes it (`shared.web.oidc`).
"""

from fastapi import Request
from starlette.responses import Response

from shared.settings import ServiceSettings
from shared.web.session import LIFETIME, secure_origin

MOST = 3500  # characters; browsers refuse a cookie of more than 4,096 bytes with its name and attributes
PATH = "/auth"  # of the sign-out: no other request carries it


class LogoutHint:
    """A cookie beside the session's, which lasts as long and goes to no page."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._secure = secure_origin(settings)
        self.cookie = "__Secure-onestop-hint" if self._secure else "onestop-hint"  # `__Host-` would be for every path

    def keep(self, response: Response, id_token: str) -> None:
        """For the sign-out of this browser; one that is too long for a cookie is done without."""
        if len(id_token) <= MOST:
            response.set_cookie(
                self.cookie, id_token, LIFETIME, path=PATH, secure=self._secure, httponly=True, samesite="lax"
            )
        else:
            self.forget(response)

    def of(self, request: Request) -> str:
        """What this browser has kept; empty when it has nothing."""
        return request.cookies.get(self.cookie, "")[:MOST]

    def forget(self, response: Response) -> None:
        """Take the hint away with the session, so that the next person starts without it."""
        response.delete_cookie(self.cookie, path=PATH, secure=self._secure, httponly=True, samesite="lax")
