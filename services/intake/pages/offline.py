"""What makes the site an app on a phone: the manifest, and the service worker that opens /report without a network."""

import json
from collections.abc import MutableMapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from shared.web import language_of, page, web_of
from shared.words import LANGUAGES

router = APIRouter(include_in_schema=False)
# The map and its library are not among them: 2 MB that the first visit of a page without a map must not cost. They are
# kept once they were used.
SHARED = ("site.css", "forms.mjs", "device.mjs", "fields.mjs", "photo_buttons.mjs", "pictures.mjs", "map.mjs",
          "icons.svg", "mark.svg",
          "map/picker.mjs", "map/search.mjs", "map/geometry.mjs", "map/degrees.mjs",
          "fonts/sarabun-thai-400-normal.woff2", "fonts/sarabun-latin-400-normal.woff2",
          "fonts/sarabun-thai-600-normal.woff2", "fonts/sarabun-latin-600-normal.woff2")  # fmt: skip
OWN = ("intake.css", "report.mjs", "panel.mjs", "queue.mjs", "waiting.mjs", "draft.mjs", "check.mjs",
       "complaints.mjs", "photos.mjs", "suggest.mjs", "links.mjs", "mine.mjs")  # fmt: skip


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """So that the site can be put on the home screen."""
    web, language = web_of(request), language_of(request)
    town = web.town.name.get(language)
    icons = [{"src": web.assets.url("shared", "mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    icons += [
        {"src": f"/icons/{name}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable-512", 512, "maskable"))
    ]
    body = {
        "id": "/", "name": f"{web.pages.words(language, 'site.name')} {town}", "lang": language,
        "short_name": web.pages.words(language, "app.name"), "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#ffffff", "theme_color": web.town.branding.primary, "icons": icons,
        "shortcuts": [{"name": web.pages.words(language, "nav.report"), "url": "/report"}],
    }  # fmt: skip
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/manifest+json",
                    headers={"Cache-Control": "no-cache"})  # fmt: skip


@router.get("/offline")
async def offline(request: Request) -> HTMLResponse:
    """Kept on the phone and shown in place of any page that cannot be fetched: where the installed app starts."""
    return page(request, "offline.html")


@router.get("/sw.js")
async def worker(request: Request) -> Response:
    """The worker with the addresses of this version's files; a new version is a new worker."""
    web = web_of(request)
    words: MutableMapping[str, Any] = web.pages.env.globals
    files = [web.assets.url("shared", name) for name in SHARED] + [web.assets.url("intake", name) for name in OWN]
    files += [words["brand_css"], words["maps"].outline_url, "/manifest.webmanifest"]
    pages, away = ({language: f"{path}?lang={language}" for language in LANGUAGES} for path in ("/report", "/offline"))
    found = web.assets.find("intake", "worker.js")
    assert found is not None  # noqa: S101  # it is one of our own files
    head = f"const PAGES = {json.dumps(pages)};\nconst AWAY = {json.dumps(away)};\nconst FILES = {json.dumps(files)};\n"
    return Response(head + found[0].path.read_text(encoding="utf-8"), media_type="text/javascript",
                    headers={"Cache-Control": "no-cache"})  # fmt: skip
