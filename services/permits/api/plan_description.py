"""The plan's OpenAPI 3.0 document: GDAL and QGIS read no later version, and look in it for the largest answer of each
collection, which they then ask for page by page."""

from typing import Any, Final

from services.permits.api.plan_layers import KINDS
from services.permits.api.plan_query import MOST, PERMITS_MOST

OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
_GEOJSON: Final = "application/geo+json"
_JSON: Final = "application/json"
_Content = dict[str, Any]


def describe(title: str, address: str) -> _Content:
    """Each collection by its own path: its largest answer is its own."""
    paths = {
        "/": _describe_get("landing", "Where everything is", _JSON),
        "/conformance": _describe_get("conformance", "Which parts of the standard are kept", _JSON),
        "/collections": _describe_get("collections", "All layers", _JSON),
        "/buildings.city.json": _describe_get("buildings", "The buildings as CityJSON", "application/city+json"),
    }
    for kind in KINDS:
        at = f"/collections/{kind}"
        paths |= {
            at: _describe_get(f"{kind}-layer", "One layer", _JSON),
            f"{at}/items": _describe_get(f"{kind}-items", "The features of a layer", _GEOJSON, _list_parameters(kind)),
            f"{at}/items/{{featureId}}": _describe_get(f"{kind}-item", "One feature", _GEOJSON, [_FEATURE]),
        }
    return {"openapi": "3.0.3", "info": {"title": title, "version": "1"}, "servers": [{"url": address}], "paths": paths}


def _list_parameters(kind: str) -> list[_Content]:
    permits = kind == "permits"
    most = PERMITS_MOST if permits else MOST
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": 50 if permits else 1000}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    return [
        _parameter("limit", limit),
        _parameter("bbox", box, style="form", explode=False),
        _parameter("after", {"type": "string"}),
        *([_parameter("deed_number", {"type": "string", "maxLength": 100})] if kind == "parcels" else []),
    ]


def _parameter(name: str, schema: _Content, **more: Any) -> _Content:
    return {"name": name, "in": "query", "required": False, "schema": schema, **more}


_FEATURE: Final[_Content] = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}


def _describe_get(name: str, summary: str, kind: str, parameters: list[_Content] | None = None) -> _Content:
    answer = {"description": summary, "content": {kind: {"schema": {"type": "object"}}}}
    wrong = {"description": "What is wrong with the question", "content": {"application/problem+json": {}}}
    said = {"operationId": name, "summary": summary, "parameters": parameters or []}
    return {"get": said | {"responses": {"200": answer, "400": wrong}}}
