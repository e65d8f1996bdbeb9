"""What a service's routes and pages use of the shared layer, in one place; nothing inside the layer imports this."""

from dataclasses import dataclass

from fastapi import Request

from shared.settings import ServiceSettings
from shared.town import Town
from shared.web.assets import Assets
from shared.web.pages import Pages
from shared.web.parts import part_of
from shared.web.session import Sessions


@dataclass(frozen=True)
class Web:
    """What the pages and routes of one app share: settings, town, words, assets and sessions."""

    settings: ServiceSettings
    town: Town
    pages: Pages
    assets: Assets
    sessions: Sessions


def web_of(request: Request) -> Web:
    """The shared layer of the app that serves this request."""
    return part_of(request, Web)
