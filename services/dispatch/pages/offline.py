"""What lets a crew work without a network: its worker, the page for when nothing is kept, and whose a kept board is.

A board is kept on the phone only for a person who is signed in there, and no longer than the sign-in lasts
(`static/crew_worker.js`). What they do meanwhile waits in the page's own database (`static/queue.mjs`).
"""

import json
from collections.abc import MutableMapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from services.dispatch.access import Worker
from services.dispatch.pages.show import show
from shared.web import Person, seal_key, session_ends, web_of
from shared.words import LANGUAGES

router = APIRouter(include_in_schema=False)

# The map and its library are not among them: 2 MB that nobody without a map should pay. They are kept once used.
SHARED = ("site.css", "forms.mjs", "device.mjs", "fields.mjs", "keep.mjs", "photo_buttons.mjs", "photo_field.mjs",
          "pictures.mjs", "icons.svg", "mark.svg",
          "fonts/sarabun-thai-400-normal.woff2", "fonts/sarabun-latin-400-normal.woff2",
          "fonts/sarabun-thai-600-normal.woff2", "fonts/sarabun-latin-600-normal.woff2")  # fmt: skip
OWN = ("dispatch.css", "crew.css", "crew.mjs", "board.mjs", "cards.mjs", "steps.mjs", "queue.mjs", "foresight.mjs",
       "device_time.mjs", "undo.mjs", "find.mjs", "fold.mjs", "route.mjs", "jobs_map.mjs", "alarm.mjs", "offline.mjs",
       "photos.mjs")  # fmt: skip


# A worker cannot load modules while it runs, and not every browser knows workers that are one: it gets their text.
QUEUE = (("shared", "device.mjs"), ("dispatch", "device_time.mjs"), ("dispatch", "queue.mjs"))


def person_key(request: Request, who: Person) -> str:
    """Whose board and steps these are, for the phone alone: says to nobody else who it is."""
    return (seal_key(request, f"crew-phone|{who.sub}") or "")[:24]


def keepable(request: Request, who: Person, page: HTMLResponse) -> HTMLResponse:
    """The page, with the word to the worker that it may be kept: for whom, and until when."""
    if (ends := session_ends(request)) and page.status_code == 200:
        page.headers["Crew-Person"] = person_key(request, who)
        page.headers["Crew-Until"] = str(ends)
    return page


@router.get("/crew/who")
async def who_is_it(request: Request, who: Worker) -> dict[str, str | None]:
    """Asked before anything is sent that waited: one must not send another's steps; the answer's Date sets clocks."""
    return {"person": person_key(request, who), "name": who.name or who.sub}


@router.get("/crew/offline")
async def offline(request: Request) -> HTMLResponse:
    """Kept on the phone and shown where no board is kept: says nothing of anybody."""
    return show(request, "crew_offline.html")


@router.get("/crew/worker.js")
async def worker(request: Request) -> Response:
    """The worker with the addresses of this version's files; a new version is a new worker."""
    web = web_of(request)
    words: MutableMapping[str, Any] = web.pages.env.globals
    maps = words["maps"]
    files = [web.assets.url("shared", name) for name in SHARED] + [web.assets.url("dispatch", name) for name in OWN]
    files += [words["brand_css"], maps.outline_url]
    away = {language: f"/crew/offline?lang={language}" for language in LANGUAGES}
    tiles = maps.settings["vector"].partition("?")[0] if maps.settings["vector"] else None
    found = web.assets.find("dispatch", "crew_worker.js")
    assert found is not None  # noqa: S101  # it is one of our own files
    pictures = web.town.map.tiles_origin if web.town.map and web.town.map.tiles else None
    queue = "".join(_plain(request, owner, name) for owner, name in QUEUE)
    told = {"FILES": files, "AWAY": away, "TILES": tiles, "PICTURES": pictures}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    head += f"const QUEUE = (() => {{\n{queue}\nreturn {{ sendKept }};\n}})();\n"
    # The plain `/crew` is above the worker's own folder.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/crew"}
    return Response(head + found[0].path.read_text(encoding="utf-8"), media_type="text/javascript", headers=headers)


def _plain(request: Request, owner: str, name: str) -> str:
    """A module's text for a script that is none: what it imports stands before it."""
    found = web_of(request).assets.find(owner, name)
    assert found is not None  # noqa: S101  # it is one of our own files
    lines = found[0].path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.removeprefix("export ") for line in lines if not line.startswith("import "))
