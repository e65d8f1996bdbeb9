"""Draws dispatch's pages without a running service: a template and some cases, as a reader would see them."""

from functools import cache
from typing import Any

from fastapi import FastAPI, Request

from services.dispatch.app import PAGES
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.board import MOST, Screen
from services.dispatch.pages.cards import GROUPS, Card, make_card
from services.dispatch.pages.show import show
from services.dispatch.queries import Standing
from shared.events.ids import new_id
from shared.kernel import Case
from shared.settings import ServiceSettings
from shared.web import create_web
from tests.support.work import MONDAY, town

BOARD: dict[str, Any] = {
    "finished": [], "finished_count": 0, "standing": Standing(to_do=1), "next": None, "begins": True, "groups": GROUPS,
}  # fmt: skip
"""A board with nothing beside its cards."""


def crew_page(**changes: Any) -> dict[str, Any]:
    """What a crew's page needs beside its cards."""
    return {
        **BOARD, "team": "works-water", "answer": None, "chosen": None, "saved": False, "asked": Screen(MOST, None),
        "person": "p", "until": None, "all_work": "/crew", "spots": [], **changes,
    }  # fmt: skip


@cache
def _app() -> FastAPI:
    settings = ServiceSettings.model_validate(
        {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": "https://id.localhost",
         "session_secret": "a-secret-for-tests-that-is-long-enough"}
    )  # fmt: skip
    return create_web(
        "dispatch", settings, town(), templates=PAGES / "templates", static=PAGES / "static",
        strings=PAGES / "strings.yaml",
    )  # fmt: skip


def asked(path: str = "/crew", language: str = "th") -> Request:
    """As a browser asks for a page."""
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "app": _app(),
        "onestop.language": language,
    }  # fmt: skip
    return Request(scope)


def drawn(template: str, *, path: str = "/crew", language: str = "th", **context: Any) -> str:
    """The page's HTML."""
    return bytes(show(asked(path, language), template, **context).body).decode()


def carded(order: WorkOrder, order_id: str | None = None) -> Card:
    """As it looks on a board half an hour before noon."""
    return make_card(town(), Case(id=order_id or new_id(), version=3, state=order), MONDAY)
