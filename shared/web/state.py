"""What the shared layer keeps per app, and how a request reaches it; imports nothing of the layer at run time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from fastapi import Request

    from shared.settings import ServiceSettings
    from shared.town import Town
    from shared.web.assets import Assets
    from shared.web.limits import Limits
    from shared.web.oidc import Provider
    from shared.web.pages import Pages
    from shared.web.session import Sessions


@dataclass(frozen=True)
class Web:
    """One per app, reached by `web_of(request)`."""

    service: str
    settings: ServiceSettings
    town: Town
    pages: Pages
    provider: Provider
    sessions: Sessions
    limits: Limits
    assets: Assets


def web_of(request: Request) -> Web:
    """The shared layer of the app that serves this request."""
    return cast(Web, request.app.state.web)
