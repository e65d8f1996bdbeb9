"""The process's Prometheus metrics in a registry of their own; `names.METRICS` says what each one means."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from shared.release import read_own
from shared.telemetry import names
from shared.telemetry.names import Metric

disable_created_metrics()  # type: ignore[no-untyped-call]  # a third of the page, and no alarm or graph reads it
registry = CollectorRegistry()
ProcessCollector(registry=registry)  # memory, CPU, open files: what an operator looks at first


def _help(metric: Metric) -> str:
    return f"{metric.meaning} ({metric.unit})"


def _counter(metric: Metric) -> Counter:
    return Counter(metric.exposed, _help(metric), metric.labels, registry=registry)


def _gauge(metric: Metric) -> Gauge:
    return Gauge(metric.exposed, _help(metric), metric.labels, registry=registry)


def _histogram(metric: Metric) -> Histogram:
    return Histogram(metric.exposed, _help(metric), metric.labels, buckets=metric.buckets, registry=registry)


outbox_unpublished = _gauge(names.OUTBOX_UNPUBLISHED)
outbox_oldest_age_seconds = _gauge(names.OUTBOX_AGE)
published_total = _counter(names.PUBLISHED)
consumed_total = _counter(names.CONSUMED)
consume_wait_seconds = _histogram(names.CONSUME_WAIT)
consume_handle_seconds = _histogram(names.CONSUME_HANDLE)
consume_lag = _gauge(names.CONSUME_LAG)
consume_halted = _gauge(names.CONSUME_HALTED)
dlq_total = _counter(names.DLQ)
dlq_open = _gauge(names.DLQ_OPEN)
save_batch_size = _histogram(names.SAVE_BATCH)
save_conflicts_total = _counter(names.SAVE_CONFLICTS)
moments_total = _counter(names.MOMENTS)
moments_due = _gauge(names.MOMENTS_DUE)
moments_oldest_age_seconds = _gauge(names.MOMENTS_AGE)
moments_parked = _gauge(names.MOMENTS_PARKED)
timer_halted = _gauge(names.TIMER_HALTED)
timer_replicas = _gauge(names.TIMER_REPLICAS)
deliveries_total = _counter(names.DELIVERIES)
deliveries_waiting = _gauge(names.DELIVERIES_WAITING)
deliveries_oldest_age_seconds = _gauge(names.DELIVERIES_AGE)
routed_seconds = _histogram(names.ROUTED)
told_seconds = _histogram(names.TOLD)
reports_unrouted_oldest_age_seconds = _gauge(names.REPORTS_UNROUTED_AGE)
reports_silence_seconds = _gauge(names.REPORTS_SILENCE)
orders_open = _gauge(names.ORDERS_OPEN)
orders_late = _gauge(names.ORDERS_LATE)
permits_decided_total = _counter(names.PERMITS_DECIDED)
permits_overdue = _gauge(names.PERMITS_OVERDUE)
changes_total = _counter(names.CHANGES)
changes_followed = _gauge(names.CHANGES_FOLLOWED)
work_problem = _gauge(names.WORK_PROBLEM)
leases_held = _gauge(names.LEASES_HELD)
http_requests_total = _counter(names.HTTP_REQUESTS)
http_duration_seconds = _histogram(names.HTTP_DURATION)
bodies_held = _gauge(names.BODIES_HELD)
bodies_refused_total = _counter(names.BODIES_REFUSED)
unsubmitted = _gauge(names.UNSUBMITTED)
role = _gauge(names.ROLE)
valid_until_seconds = _gauge(names.VALID_UNTIL)
clock_seconds = _gauge(names.CLOCK)
build_info = _gauge(names.BUILD)
build_info.labels(read_own().version, read_own().revision or "working copy").set(1)
unsubmitted_most = _gauge(names.UNSUBMITTED_MOST)


def render() -> tuple[bytes, str]:
    """The body and content type of `/metrics`."""
    return generate_latest(registry), CONTENT_TYPE_LATEST
