"""What makes the site an app on a phone: the manifest, and the service worker that opens /report without a network."""

import json
from collections.abc import MutableMapping
from typing import Any

from fastapi import APIRouter, Request, Response

from shared.web import language_of, web_of

router = APIRouter(include_in_schema=False)
PAGE = "/report"
SHARED = ("site.css", "forms.mjs", "map.mjs", "places.mjs", "icons.svg", "mark.svg",
          "fonts/sarabun-thai-400-normal.woff2", "fonts/sarabun-latin-400-normal.woff2",
          "fonts/sarabun-thai-700-normal.woff2", "fonts/sarabun-latin-700-normal.woff2",
          "fonts/sarabun-thai-600-normal.woff2", "fonts/sarabun-latin-600-normal.woff2",
          "vendor/maplibre-gl/maplibre-gl.css", "vendor/maplibre-gl/maplibre-gl.mjs",
          "vendor/maplibre-gl/maplibre-gl-worker.mjs")  # fmt: skip
OWN = ("intake.css", "report.mjs", "queue.mjs", "drafts.mjs", "photos.mjs", "suggest.mjs", "live.mjs")


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """So that the site can be put on the home screen."""
    web, language = web_of(request), language_of(request)
    icon = {"src": web.assets.url("shared", "mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    town = web.town.name.get(language)
    body = {
        "id": "/", "name": f"{web.pages.words(language, 'site.name')} {town}", "lang": language,
        "short_name": web.pages.words(language, "app.name"), "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#ffffff", "theme_color": web.town.branding.primary, "icons": [icon],
        "shortcuts": [{"name": web.pages.words(language, "nav.report"), "url": PAGE}],
    }  # fmt: skip
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/manifest+json",
                    headers={"Cache-Control": "no-cache"})  # fmt: skip


@router.get("/sw.js")
async def worker(request: Request) -> Response:
    """The worker with the addresses of this version's files; a new version is a new worker."""
    web = web_of(request)
    files = [web.assets.url("shared", name) for name in SHARED] + [web.assets.url("intake", name) for name in OWN]
    words: MutableMapping[str, Any] = web.pages.env.globals
    files += [words["brand_css"], words["town_map"], *words["map_layers"], "/manifest.webmanifest"]
    found = web.assets.find("intake", "worker.js")
    assert found is not None  # noqa: S101  # it is one of our own files
    head = f"const PAGE = {json.dumps(PAGE)};\nconst FILES = {json.dumps(files)};\n"
    body = head + found[0].path.read_text(encoding="utf-8")
    return Response(body, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
