"""The view of a request: its language and its viewer."""

from fastapi import Request

from services.intake.api.access import EVERYBODY, Viewer
from services.intake.api.views import Showing
from shared.web import language_of, web_of


def showing(request: Request, viewer: Viewer = EVERYBODY) -> Showing:
    """How to show a report to who asks."""
    web = web_of(request)
    return Showing(web.town, web.pages.words, language_of(request), viewer)
