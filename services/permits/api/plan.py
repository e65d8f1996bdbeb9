"""The town plan for programs: layers by OGC API Features (part 1: core, GeoJSON, OpenAPI 3.0), buildings as CityJSON.

QGIS, GDAL and browsers open `/api/v1/plan` as it is; nothing here needs a key.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response

from services.permits.access import TheDesk
from services.permits.api.places import register_key
from services.permits.api.plan_description import OPENAPI, describe
from services.permits.api.plan_layers import KINDS, Feature, Layer, Layers
from services.permits.api.plan_query import Boxes, WantedPart, WantedPermits
from services.permits.api.register import register_entry
from services.permits.api.views import show_to
from services.permits.codes import Sought
from services.permits.commands import Desk
from services.permits.register_store import Registered
from shared.kernel import now
from shared.web import Problem, every_site, language_of, rate_limit, time_place, web_of
from shared.words.fold import plain_digits

router = APIRouter(
    prefix="/api/v1/plan",
    tags=["plan"],
    dependencies=[Depends(every_site), Depends(rate_limit("plan", per_minute=600, burst=200))],
)
GEOJSON: Final = "application/geo+json"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_SPEC: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_CONFORMS: Final = [f"{_SPEC}/{part}" for part in ("core", "geojson", "oas30")]
_CACHED: Final = {"Cache-Control": "public, max-age=300"}


def layers_of(request: Request) -> Layers:
    """The layers of the app that serves this request."""
    kept: Layers = request.app.state.layers
    return kept


def _address(request: Request, path: str = "", **query: object) -> str:
    base = web_of(request).settings.public_url.rstrip("/")
    said = {name: value for name, value in query.items() if value is not None}
    return f"{base}/api/v1/plan{path}" + (f"?{urlencode(said)}" if said else "")


def _link(request: Request, rel: str, path: str, kind: str = "application/json", title: str = "") -> Feature:
    link = {"rel": rel, "href": _address(request, path), "type": kind}
    return link | ({"title": title} if title else {})


@router.get("")
async def show_landing(request: Request, desk: TheDesk) -> dict[str, Any]:
    """Where everything is."""
    say = show_to(request).say
    base = web_of(request).settings.public_url.rstrip("/")
    return {
        "title": say("plan.title"),
        "description": desk.town.plan.notice.get(language_of(request))
        if desk.town.plan and desk.town.plan.notice
        else "",
        "links": [
            _link(request, "self", ""),
            _link(request, "service-desc", "/api", OPENAPI),
            {"rel": "service-doc", "href": f"{base}/plan", "type": "text/html"},
            _link(request, "conformance", "/conformance"),
            _link(request, "data", "/collections"),
        ],
    }


@router.get("/api")
async def description(request: Request) -> JSONResponse:
    """How to ask, in the words that map programs read: they take the largest answer from here."""
    content = describe(show_to(request).say("plan.title"), _address(request))
    return JSONResponse(content, media_type=OPENAPI, headers=_CACHED)


@router.get("/conformance")
async def conformance() -> dict[str, Any]:
    """Which parts of the standard are kept."""
    return {"conformsTo": _CONFORMS}


@router.get("/collections")
async def collections(request: Request, desk: TheDesk) -> dict[str, Any]:
    """All layers."""
    links = [_link(request, "self", "/collections")]
    return {"links": links, "collections": [_collection(request, desk, kind) for kind in KINDS]}


@router.get("/collections/{kind}")
async def collection(request: Request, kind: str, desk: TheDesk) -> dict[str, Any]:
    """One layer."""
    return _collection(request, desk, _need_kind(kind))


def _need_kind(kind: str) -> str:
    if kind not in KINDS:
        raise Problem(404, "http-404")
    return kind


def _need_layer(request: Request, kind: str) -> Layer:
    layer = layers_of(request).layers.get(kind)
    if layer is None:
        raise Problem(404, "http-404")
    return layer


def _collection(request: Request, desk: Desk, kind: str) -> Feature:
    say, plan = show_to(request).say, desk.town.plan
    at = f"/collections/{kind}"
    layer = plan.layers.get(kind) if plan else None
    notice = plan.notice.get(language_of(request)) if plan and plan.notice else ""
    return {
        "id": kind,
        "title": say(f"plan.layer.{kind}"),
        "description": " · ".join(filter(None, (notice, layer.attribution if layer else ""))),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [list(layers_of(request).extent)], "crs": CRS84}},
        "links": [
            _link(request, "self", at),
            _link(request, "items", f"{at}/items", GEOJSON),
            *(
                [{"rel": "license", "href": f"https://spdx.org/licenses/{layer.licence}", "type": "text/html"}]
                if layer
                else []
            ),
        ],
    }


@router.get("/collections/permits/items")
async def permits(request: Request, desk: TheDesk, pages: WantedPermits, boxes: Boxes) -> JSONResponse:
    """Approved permits, the newest first, each in the middle of its village."""
    layers = layers_of(request)
    zones = None if boxes is None else layers.villages_in(boxes)
    found = await desk.store.register.list_permits(Registered(zones=zones), after=time_place(pages), limit=pages.fetch)
    rows = pages.answer(found, register_key)
    showing = show_to(request)
    features = [layers.permit(one.state, await register_entry(one.state, showing)) for one in rows["items"]]
    following = {"after": rows["next"], "limit": pages.limit} if rows["next"] else None
    return _features(request, "permits", features, following)


@router.get("/collections/{kind}/items")
async def items(
    request: Request,
    kind: str,
    part: WantedPart,
    boxes: Boxes,
    deed_number: Annotated[str | None, Query(max_length=100)] = None,
) -> JSONResponse:
    """The features of a layer, within `bbox`; `deed_number` finds one parcel, in any digits. The largest answer is
    a quarter of a second's work: so it is done beside the loop, one view after the other."""
    layers, layer = layers_of(request), _need_layer(request, kind)
    found = list(range(layer.count)) if boxes is None else layer.inside(boxes)
    if deed_number is not None:
        named = layer.place(deed_number) if kind == "parcels" else None
        found = [named] if named in found else []
    following = {"after": part.end, "limit": part.limit} if part.end < len(found) else None
    async with layers.turns:
        return await asyncio.to_thread(
            _answer_features, request, kind, layer, found[part.after : part.end], following, len(found)
        )


def _answer_features(
    request: Request, kind: str, layer: Layer, shown: Sequence[int], following: Feature | None, matched: int
) -> JSONResponse:
    return _features(request, kind, [layer.feature(at) for at in shown], following, matched)


def _features(
    request: Request, kind: str, features: list[Feature], following: Feature | None, matched: int | None = None
) -> JSONResponse:
    at = f"/collections/{kind}/items"
    given = {name: value for name, value in request.query_params.items() if name not in ("after", "limit")}
    links = [
        {"rel": "self", "href": _address(request, at, **dict(request.query_params)), "type": GEOJSON},
        _link(request, "collection", f"/collections/{kind}"),
    ]
    if following:
        links.append({"rel": "next", "href": _address(request, at, **given, **following), "type": GEOJSON})
    content: Feature = {
        "type": "FeatureCollection",
        "timeStamp": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberReturned": len(features),
    }
    if matched is not None:
        content["numberMatched"] = matched
    content |= {"links": links, "features": jsonable_encoder(features)}
    return JSONResponse(content, media_type=GEOJSON, headers=_CACHED)


@router.get("/collections/permits/items/{number:path}")
async def permit(request: Request, number: str, desk: TheDesk) -> JSONResponse:
    """One permit, by its number with a dash: `142-2569`."""
    sought = Sought(plain_digits(number).replace("-", "/"), None, None)
    found = await desk.store.register.list_permits(Registered(sought=sought), after=None, limit=2)
    one = next((one for one in found if one.state.decision and one.state.decision.number == sought.number), None)
    if one is None:
        raise Problem(404, "http-404")
    entry = await register_entry(one.state, show_to(request))
    return _one(request, "permits", layers_of(request).permit(one.state, entry))


@router.get("/collections/{kind}/items/{code:path}")
async def item(request: Request, kind: str, code: str) -> JSONResponse:
    """One feature. A code may hold slashes, which a server decodes before it looks for the way."""
    feature = _need_layer(request, kind).find(code)
    if feature is None:
        raise Problem(404, "http-404")
    return _one(request, kind, feature)


def _one(request: Request, kind: str, feature: Feature) -> JSONResponse:
    at = f"/collections/{kind}"
    links = [
        _link(request, "self", f"{at}/items/{quote(feature['id'], safe='')}", GEOJSON),
        _link(request, "collection", at),
    ]
    return JSONResponse(jsonable_encoder(feature) | {"links": links}, media_type=GEOJSON, headers=_CACHED)


@router.get("/buildings.city.json", dependencies=[Depends(rate_limit("plan-file", per_minute=30, burst=10))])
async def buildings(request: Request, desk: TheDesk) -> Response:
    """The buildings as CityJSON 2.0, a block each on level ground, in the town's UTM zone."""
    language = language_of(request)
    title = f"{desk.town.name.get(language)}: {show_to(request).say('plan.layer.buildings')}"
    content = await layers_of(request).city_json(language, title)
    return Response(content, media_type="application/city+json", headers=_CACHED)
