"""Starts and stops the process's telemetry: where spans go, and what is removed from them first.

The trace store may be slow or away at any time; requests and handlers never wait for it.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import requests
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    AlwaysRecordSampler,
    ParentBased,
    Sampler,
    TraceIdRatioBased,
)

from shared.release import read_own
from shared.settings import ALL_ROLES, ServiceSettings
from shared.telemetry import metrics, names, spans
from shared.telemetry.logs import configure, get_log

_QUEUE = 8192  # spans; about 8 MB at worst, then the newest are dropped and the SDK says so
_TIMEOUT_SECONDS = 3  # of one export; also the longest that `shutdown` waits for a store that hangs
_PAUSE_SECONDS = 5.0  # after a failed export; spans of that time are dropped instead of piling up

log = get_log(__name__)


def setup(service_name: str, settings: ServiceSettings, *, exporter: SpanExporter | None = None) -> None:
    """Once per process, before its app is made; `exporter` replaces the one the settings name (for tests).

    Spans that are not sampled are still recorded, though never sent: log lines take the case's ids from them.
    """
    configure(service_name, settings.log_level)
    for role in ALL_ROLES:  # those that it has not too: an alarm asks whether anybody has them
        metrics.role.labels(role).set(role in settings.roles)
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service_name, SERVICE_VERSION: str(read_own())}),
        sampler=AlwaysRecordSampler(sampler(settings)),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(_Guard())
    finish = None
    if chosen := exporter or _exporter(settings):
        batches = _batches(chosen)
        provider.add_span_processor(batches)
        finish = batches.on_end
    spans.use(provider, finish)
    # Requests come from anybody: a traceparent of theirs is linked to (`http`), never believed.
    propagate.set_global_textmap(Unheard())


def shutdown() -> None:
    """Sends what is queued, for a few seconds at most, and stops; the last thing that a process does."""
    provider = spans.use(trace.NoOpTracerProvider())
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def sampler(settings: ServiceSettings) -> Sampler:
    """Which traces are sent, by the standard names; a `parentbased_` one does what was decided where a trace began."""
    name = settings.otel_traces_sampler
    roots: dict[str, Sampler] = {
        "always_on": ALWAYS_ON,
        "always_off": ALWAYS_OFF,
        "traceidratio": TraceIdRatioBased(settings.otel_traces_sampler_arg),
    }
    root = roots[name.removeprefix("parentbased_")]
    return ParentBased(root) if name.startswith("parentbased_") else root


def _exporter(settings: ServiceSettings) -> SpanExporter | None:
    match settings.otel_traces_exporter:
        case "zipkin":
            return ZipkinExporter(endpoint=settings.zipkin_endpoint, timeout=_TIMEOUT_SECONDS)
        case "otlp" if settings.otel_exporter_otlp_endpoint:
            return _otlp(settings)
        case _:
            return None


def _otlp(settings: ServiceSettings) -> OTLPSpanExporter:
    session = requests.Session()
    # A machine's REQUESTS_CA_BUNDLE would go before the certificate that the session is given.
    session.trust_env = settings.otel_exporter_otlp_certificate is None
    return OTLPSpanExporter(
        endpoint=f"{settings.otel_exporter_otlp_endpoint.rstrip('/')}/v1/traces",
        headers=settings.otlp_headers,
        certificate_file=_name(settings.otel_exporter_otlp_certificate),
        client_certificate_file=_name(settings.otel_exporter_otlp_client_certificate),
        client_key_file=_name(settings.otel_exporter_otlp_client_key),
        timeout=_TIMEOUT_SECONDS,
        session=session,
    )


def _name(file: Path | None) -> str | None:
    return str(file) if file else None


def _batches(exporter: SpanExporter) -> BatchSpanProcessor:
    # One second: what `make demo` prints as a link should be there when the link is opened.
    return BatchSpanProcessor(Patient(exporter), max_queue_size=_QUEUE, schedule_delay_millis=1000)


class Unheard(TextMapPropagator):
    """Believes no header of a request and adds none to one; stored traces are read by `spans` itself."""

    def extract(
        self,
        carrier: CarrierT,  # noqa: ARG002 - the protocol's
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,  # noqa: ARG002
    ) -> Context:
        return context if context is not None else Context()

    def inject(
        self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter
    ) -> None:
        pass

    @property
    def fields(self) -> set[str]:
        return set()


class Patient(SpanExporter):
    """An exporter whose store may be away: after a failure it warns once, pauses, then tries again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._away_until = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if time.monotonic() < self._away_until:
            return SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
            why = "it refused the spans"
        except requests.RequestException as error:
            result, why = SpanExportResult.FAILURE, f"{type(error).__name__}: {error}"[:300]
        if result is not SpanExportResult.SUCCESS:
            self._away_until = time.monotonic() + _PAUSE_SECONDS
            log.warning("trace store not reached, spans are dropped for a while", extra={"why": why})
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class _Guard(SpanProcessor):
    """Copies a case's ids to child spans, and removes paths and queries (secret links, tokens) from HTTP spans.

    The route's template stays as `http.route`.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        own = span.attributes or {}
        if secret := {name: "redacted" for name in (names.URL_PATH, names.URL_QUERY) if name in own}:
            span.set_attributes(secret)
        parent = trace.get_current_span(parent_context)
        if isinstance(parent, ReadableSpan) and (known := parent.attributes):
            span.set_attributes({name: known[name] for name in names.SERVED if name in known and name not in own})
