"""What nobody sends by accident: values that break the careless, for each place of a request that may hold one."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from tests.support.access.asking import Asked

TIMES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-26T10:00:00", "1e400")
NUMBERS = ("-1", "9" * 30, "1e400", "NaN", "0x10", "๑", "1_0")
TEXTS = (
    "",
    " ",
    "\x00",
    "\ud7ff\uffff",
    "ก" * 3000,
    "//[",
    "http://[",
    "../../etc/passwd",
    "%00",
    "{}",
    "$ne",
    "\u202e",
)
# ["0001-…","x"], [1,2], [{}], [], null, a number, deep arrays, half a character; each as a cursor is written.
CURSORS = (
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieCJd", "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTE0OjAwIiwieCJd", "WzEsMl0", "W3t9XQ",
    "W10", "bnVsbA", "MQ", "W1tbW11dXV0", "WyJcdWQ4MDAiXQ", "WzFlNDAwXQ", "WyJ4Il0", "W251bGwsIngiXQ",
    "WzExMTExMTExMTExMTExMTExMTExMTExMTExMTExXQ",
)  # fmt: skip
VALUES = (*TIMES, *NUMBERS, *TEXTS, *CURSORS)
HEADERS = {
    "accept-language": ("q=q;q=q,*;q=1e999", "th;q=NaN", "," * 500),
    "referer": ("http://[", "//[", "\u00ff"),
    "range": ("bytes=-", "bytes=9-1", "bytes=" + "0-1," * 200, "bytes=99999999999999999999-"),
    "if-none-match": ("*", "\u00ff"),
    "cookie": ("onestop=x; onestop-lang=\u00ff", "=;;=", "a=" + "b" * 3000),
    "authorization": ("Bearer", "Bearer \u00ff", "Bearer a.b.c", "Basic x"),
    "idempotency-key": ("", "short", "\u00ff" * 20),
    "x-forwarded-for": ("[::1", "999.1.1.1", "," * 300),
    "last-event-id": ("0" * 500, "\u00ff"),
    "traceparent": ("00-0-0-0", "\u00ff"),
    "content-type": ("multipart/form-data", "multipart/form-data; boundary=\u00ff", "application/json; charset=x", "/"),
}
BODIES = (
    (b"[" * 20_000, "application/json"), (b"{\"a\": " * 5_000, "application/json"), (b"NaN", "application/json"),
    (b'{"at": "9999-12-31T23:59:59-14:00", "resume_at": "0001-01-01T00:00:00+14:00"}', "application/json"),
    (b'{"happened_at": "9999-12-31T23:59:59-14:00"}', "application/json"), (b"\xff\xfe\x00", "application/json"),
    (b"9" * 6000, "application/json"), (b"=&&=%00&a=%ff", "application/x-www-form-urlencoded"),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x"), (b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
     "multipart/form-data; boundary=x"),
)  # fmt: skip


def query_names(app: FastAPI) -> dict[tuple[str, str], list[str]]:
    """What each route reads of its query, and the names that everything reads."""
    names: dict[tuple[str, str], list[str]] = {}
    for route in app.routes:
        known: Any = route
        asked = [*_names(getattr(route, "dependant", None)), "lang", "secret", "party", "answer.x"]
        names |= {(method, known.path): sorted(set(asked)) for method in known.methods or {"GET"}}
    return names


def _names(dependant: Any) -> Iterator[str]:
    if dependant is None:
        return
    for field in dependant.query_params:
        inner = getattr(field.field_info.annotation, "model_fields", None)
        yield from inner or [field.alias]
    for each in dependant.dependencies:
        yield from _names(each)


def odd(asked: Asked, template: str, names: list[str]) -> Iterator[dict[str, Any]]:
    """What is another in the request that has one odd thing in it, for each such thing."""
    for name in names:
        for value in VALUES:
            yield {"query": {**asked.query, name: value}}
    if "{" in template:
        head = template[: template.index("{")]
        yield from ({"path": head + value} for value in VALUES)
    for name, values in HEADERS.items():
        for value in values:
            yield {"headers": {**asked.headers, name: value}}
    if asked.method not in ("GET", "DELETE"):
        yield from ({"content": content, "content_type": kind} for content, kind in BODIES)
