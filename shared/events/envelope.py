"""The envelope of every event: CloudEvents 1.0, Kafka binding, binary mode (attributes in headers, data in the value).

Nothing that arrives here is trusted: whatever a record holds, `decode` answers an event or raises `Undecodable`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.events.base import Event
from shared.events.catalogue import EVENTS
from shared.events.strict_json import check_json
from shared.events.times import parse, rfc3339
from shared.events.undecodable import Undecodable

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"

ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
CODE = r"[a-z0-9][a-z0-9_.-]{0,63}"

# One rule per attribute, for writing and for reading. Ids must be ULIDs: the ids of new cases are derived from them,
# and headers travel on public topics, so that they must not hold free text either.
PATTERNS: Mapping[str, str] = {
    "id": ULID,
    "source": f"/{CODE}/{CODE}",  # /<town>/<service>
    "type": r"onestop(\.[a-z][a-z0-9-]*){2}\.v[1-9][0-9]*",
    "subject": f"{ULID}(:{CODE})?",  # the case, or a party of it
    "sequence": r"0[0-9]{18}",  # sorts as text; fits 64 bits with a sign
    "causation_id": ULID,  # never what a client wrote: an `Idempotency-Key` is turned into an id first
    "correlation_id": ULID,
    "team": CODE,
    "category": CODE,
    "zone": CODE,
    "agency": CODE,
    "audience": CODE,
}
SEQUENCES = range(1, 10**18)
SEQUENCE_DIGITS = 19
DATASCHEMA = r"urn:onestop:schema:(public|internal|private):onestop(\.[a-z][a-z0-9-]*){2}\.v[1-9][0-9]*:r[1-9][0-9]*"
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_COMPILED = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
_OPTIONAL = ("team", "category", "zone", "agency", "audience")
_HEADERS = {f"ce_{name.replace('_', '')}": name for name in PATTERNS} | {"ce_time": "time"}
_READ_ATTRIBUTES = attrgetter(*_HEADERS.values())
_VERSION, _CONTENT = ("ce_specversion", SPEC_VERSION.encode()), ("content-type", CONTENT_TYPE.encode())
_KNOWN = frozenset(_HEADERS) | {"ce_specversion", "ce_dataschema", "content-type"}
_DATASCHEMA = re.compile(DATASCHEMA)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of an event without its data; `sequence` rises per case and family, from 1 or a floor."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    causation_id: str
    correlation_id: str
    traceparent: str | None = None
    team: str | None = None
    category: str | None = None
    zone: str | None = None
    agency: str | None = None
    audience: str | None = None

    def __post_init__(self) -> None:
        if self.time.tzinfo is None:
            raise ValueError(f"envelope time must have a zone: {self.time!r}")
        if self.sequence not in SEQUENCES:
            raise ValueError(f"envelope sequence must be between 1 and 10**18: {self.sequence!r}")
        for name, pattern in _COMPILED.items():
            value = getattr(self, name)
            if name == "sequence" or (value is None and name in _OPTIONAL):
                continue
            if not _matches(pattern, str(value)):
                raise ValueError(f"envelope {name} must match {pattern.pattern}: {value!r}")


@lru_cache(maxsize=4096)  # most values are those of the envelope before: source, type, team, or the same case's id
def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def to_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The Kafka headers of an envelope; an attribute that is None has no header.

    Each copy of an event also has its own `ce_dataschema`: see `dataschema`.
    """
    texts = dict(zip(_HEADERS, _READ_ATTRIBUTES(envelope), strict=True))
    texts["ce_time"] = rfc3339(envelope.time)
    texts["ce_sequence"] = f"{envelope.sequence:0{SEQUENCE_DIGITS}}"
    texts["traceparent"] = envelope.traceparent
    said = [(header, text.encode()) for header, text in texts.items() if text is not None]
    return [_VERSION, *said, _CONTENT]


@cache
def dataschema(topic: str, event_type: str) -> str:
    """The `$id` of the schema that an event's data obeys on this topic (without the town's prefix)."""
    known = EVENTS.get(event_type)
    return f"urn:onestop:schema:{topic.partition('.')[0]}:{event_type}:r{known.revision if known else 1}"


def encode(data: Mapping[str, Any]) -> bytes:
    """The value of a record: `event.data()` or `to_public(event)` as compact UTF-8 JSON."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def encode_model(event: BaseModel) -> bytes:
    """The same bytes of an event, or of its public form, in a third of the time: every save writes some."""
    return event.model_dump_json().encode()


def decode(headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> tuple[Envelope, Event]:
    """The event of an internal or private record, or `Undecodable`. Public records have the shapes in `public`.

    A null value on `private.contacts.v1` is an erasure: its reader looks for it before it decodes.
    """
    envelope = read_envelope(headers)
    event_class = EVENTS.get(envelope.type)
    if event_class is None:
        raise Undecodable("unknown-type", f"no event of the catalogue is called {envelope.type}")
    if value is None:
        raise Undecodable("no-value", f"a null value is no {envelope.type}")
    check_json(value)
    try:
        return envelope, event_class.model_validate_json(value, strict=True)
    except ValidationError as error:
        raise Undecodable("schema", f"{envelope.type}: {_explain(error)}") from None


def read_envelope(headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """The envelope alone. Headers that are not ours are ignored, whatever they hold."""
    texts = _texts(headers)
    if _need_header(texts, "ce_specversion") != SPEC_VERSION:
        raise Undecodable("bad-header", f"ce_specversion must be {SPEC_VERSION}")
    if _need_header(texts, "content-type").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise Undecodable("bad-header", f"content-type must be {CONTENT_TYPE}")
    fields = {name: _field(texts, header, name) for header, name in _HEADERS.items()}
    _check_dataschema(texts.get("ce_dataschema"), fields["type"])
    return Envelope(traceparent=texts.get("traceparent"), **fields)


def _texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, raw in headers:
        if name in _KNOWN:
            if name in texts:
                raise Undecodable("duplicate-header", f"{name} is there twice")
            texts[name] = _text(name, raw)
        elif name == "traceparent" and raw is not None and TRACEPARENT.fullmatch(raw.decode("ascii", "replace")):
            texts[name] = raw.decode("ascii")  # W3C: a broken trace is dropped, it never stops the work
    return texts


def _text(name: str, raw: bytes | None) -> str:
    if raw is None:
        raise Undecodable("null-header", f"{name} is null")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Undecodable("bad-header", f"{name} is not UTF-8 at byte {error.start}") from None


def _need_header(texts: Mapping[str, str], header: str) -> str:
    if header not in texts:
        raise Undecodable("missing-header", f"{header} is missing")
    return texts[header]


def _field(texts: Mapping[str, str], header: str, name: str) -> Any:
    if name in _OPTIONAL and header not in texts:
        return None
    text = _need_header(texts, header)
    if name == "time":
        return _instant(header, text)
    if not _COMPILED[name].fullmatch(text) or (name == "sequence" and int(text) not in SEQUENCES):
        raise Undecodable("bad-header", f"{header} must match {PATTERNS[name]}")
    return int(text) if name == "sequence" else text


def _instant(header: str, text: str) -> datetime:
    try:
        return parse(text)
    except ValueError:
        raise Undecodable("bad-header", f"{header} must be an RFC 3339 time with zone") from None


def _check_dataschema(text: str | None, event_type: str) -> None:
    """Producers of our own always say it; whoever does not is read all the same."""
    if text is None:
        return
    if not _DATASCHEMA.fullmatch(text):
        raise Undecodable("bad-header", f"ce_dataschema must match {DATASCHEMA}")
    if text.rpartition(":")[0].rpartition(":")[2] != event_type:
        raise Undecodable("bad-header", f"ce_dataschema must be one of {event_type}")


def _explain(error: ValidationError) -> str:
    """Where and what, never the input: it may hold personal data."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'data'}: {one['msg']}" for one in found[:5])
    return told if len(found) <= 5 else f"{told}; and {len(found) - 5} more"
