"""`onestop trace REFERENCE`: the whole way of one case, read from the trace store, with the times it waited.

Reads Zipkin's HTTP API; another trace store has a search page of its own, where `onestop.reference` finds the same.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx

from shared.settings import ServiceSettings
from shared.telemetry import names
from tools.operate.asking import add_json, as_json, reference

ZipkinSpan = dict[str, Any]
LOOKBACK_MS: Final = 90 * 24 * 3600 * 1000  # Zipkin looks back one day unless told otherwise
TRACES: Final = 200  # per query; a case has about ten
BEGUN: Final = 5  # cases that it all may have begun with: one, unless a reference is given to another's work
COLUMNS: Final = ("time", "service", "what", "took", "outbox", "kafka")


class NoJourney(Exception):
    """There is nothing to show; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One span of the journey; times in milliseconds, waits only where something waited."""

    trace_id: str
    at: datetime
    service: str
    what: str
    took_ms: float
    outbox_ms: float | None
    kafka_ms: float | None


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0 shown, 1 unknown case, 2 trace store away."""
    parser = argparse.ArgumentParser(prog="onestop trace", description="Shows a case's whole way.")
    parser.add_argument("reference", type=reference, help="as the citizen holds it")
    parser.add_argument("--store", default=store_url(ServiceSettings()), help="base URL of Zipkin (%(default)s)")
    parser.add_argument("--zone", default="Asia/Bangkok", type=ZoneInfo, help="time zone to show (%(default)s)")
    add_json(parser)
    chosen = parser.parse_args(arguments)
    try:
        with httpx.Client(base_url=chosen.store, timeout=15) as client:
            traces = find(client, chosen.reference)
    except NoJourney as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except httpx.HTTPError as error:
        sys.stderr.write(f"The trace store at {chosen.store} gives no answer ({error}); `make up` starts it.\n")
        return 2
    journey = rows(traces, chosen.zone)
    sys.stdout.write(f"{as_json(journey)}\n" if chosen.json else render(journey, chosen.store))
    return 0


def store_url(settings: ServiceSettings) -> str:
    """Zipkin's base URL, from where the spans are sent to."""
    return settings.zipkin_endpoint.removesuffix("/api/v2/spans")


def find(client: httpx.Client, reference: str) -> list[list[ZipkinSpan]]:
    """All traces that name the reference, and those of what began with the same case (work orders, notices).

    Two queries: the local store looks at every trace for each, a second or two when it is full.
    """
    found = _query(client, names.REFERENCE, reference)
    if not found:
        raise NoJourney(
            f"No trace names {reference}. Check the reference; a trace appears about two seconds after its "
            "request, and the local store has none of the time before it was ready, or before it was started anew."
        )
    begun = {
        _tags(span)[names.CORRELATION_ID]
        for spans in found.values()
        for span in spans
        if names.CORRELATION_ID in _tags(span)
    }
    for case in sorted(begun)[:BEGUN]:
        found |= _query(client, names.CORRELATION_ID, case)
    return list(found.values())


def _query(client: httpx.Client, tag: str, value: str) -> dict[str, list[ZipkinSpan]]:
    wanted: dict[str, str | int] = {"annotationQuery": f"{tag}={value}", "lookback": LOOKBACK_MS, "limit": TRACES}
    answer = client.get("/api/v2/traces", params=wanted).raise_for_status()
    return {spans[0]["traceId"]: spans for spans in answer.json() if spans}


def rows(traces: Iterable[list[ZipkinSpan]], zone: ZoneInfo) -> list[Row]:
    """Every span, traces by their start and spans by theirs."""
    ordered = sorted(traces, key=lambda spans: min(span["timestamp"] for span in spans))
    return [_row(span, zone) for spans in ordered for span in sorted(spans, key=lambda span: span["timestamp"])]


def _row(span: ZipkinSpan, zone: ZoneInfo) -> Row:
    tags = _tags(span)
    return Row(
        trace_id=span["traceId"],
        at=datetime.fromtimestamp(span["timestamp"] / 1e6, zone),
        service=span.get("localEndpoint", {}).get("serviceName", "?"),
        what=_what(span, tags),
        took_ms=span.get("duration", 0) / 1000,
        outbox_ms=_number(tags.get(names.OUTBOX_WAIT)),
        kafka_ms=_number(tags.get(names.KAFKA_WAIT)),
    )


def _what(span: ZipkinSpan, tags: dict[str, str]) -> str:
    """What happened, in few words; Zipkin lowers the case of span names, so a request is put together anew."""
    name: str = span.get("name", "?")
    if "http.route" in tags:
        name = f"{tags.get('http.request.method', '')} {tags['http.route']}".strip()
    if status := tags.get("http.response.status_code"):
        name += f" → {status}"
    if event := tags.get(names.EVENT_TYPE):
        name += f"  {event.removeprefix('onestop.').removesuffix('.v1')}"
    if error := tags.get(names.ERROR_TYPE):
        name += f"  ✗ {error}"
    return name


def _tags(span: ZipkinSpan) -> dict[str, str]:
    tags: dict[str, str] = span.get("tags") or {}
    return tags


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def render(journey: Sequence[Row], store: str) -> str:
    """The journey as a table, one block per trace with the link to its page; lonely moments and the sums below."""
    lonely = _lonely(journey)
    blocks = [row for row in journey if row not in lonely]
    cells = [COLUMNS, *(_cells(row) for row in blocks)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    lines = [_line(COLUMNS, widths)]
    shown = None
    for row, line in zip(blocks, cells[1:], strict=True):
        if row.trace_id != shown:
            lines += ["", f"{row.at:%Y-%m-%d}  {_page(store, row)}"]
            shown = row.trace_id
        lines.append(_line(line, widths))
    return "\n".join([*lines, "", *_fold_rows(lonely, store), _sums(journey), ""])


def _lonely(journey: Sequence[Row]) -> list[Row]:
    """Moments after which nothing happened, as after a try that failed: each is a trace of its own."""
    spans = Counter(row.trace_id for row in journey)
    return [row for row in journey if row.what.startswith(f"{names.DUE} ") and spans[row.trace_id] == 1]


def _fold_rows(lonely: Sequence[Row], store: str) -> list[str]:
    """One line for all that are alike."""
    alike: dict[tuple[str, str], list[Row]] = {}
    for row in lonely:
        alike.setdefault((row.service, row.what), []).append(row)
    return [
        f"{len(rows)} × {what} ({service}) with nothing after it, {rows[0].at:%Y-%m-%d %H:%M:%S} to "
        f"{rows[-1].at:%Y-%m-%d %H:%M:%S}, the last: {_page(store, rows[-1])}"
        for (service, what), rows in alike.items()
    ]


def _page(store: str, row: Row) -> str:
    return f"{store}/zipkin/traces/{row.trace_id}"


def _cells(row: Row) -> tuple[str, ...]:
    waits = ("" if wait is None else _duration(wait) for wait in (row.outbox_ms, row.kafka_ms))
    return (f"{row.at:%H:%M:%S.%f}"[:-3], row.service, row.what, _duration(row.took_ms), *waits)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join([*left, *right]).rstrip()


def _duration(ms: float) -> str:
    return f"{ms:.1f} ms" if ms < 1000 else f"{ms / 1000:.2f} s"


def _sums(journey: Sequence[Row]) -> str:
    traces = len({row.trace_id for row in journey})
    outbox = _sum_waits((row.at, row.outbox_ms) for row in journey if row.outbox_ms)
    kafka = _sum_waits((row.at, row.kafka_ms) for row in journey if row.kafka_ms)
    counted = f"{_count(traces, 'trace')}, {_count(len(journey), 'span')}"
    return f"{counted}; waited {_duration(outbox)} in outboxes, {_duration(kafka)} in Kafka"


def _sum_waits(waits: Iterable[tuple[datetime, float]]) -> float:
    """Milliseconds in which anything waited: what waited side by side counts once. A wait ends when its span begins."""
    total, covered = 0.0, float("-inf")
    for begin, end in sorted((at.timestamp() * 1000 - wait, at.timestamp() * 1000) for at, wait in waits):
        total += max(0.0, end - max(begin, covered))
        covered = max(covered, end)
    return total


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
