"""Every span name, attribute and metric that onestop writes, with its unit and meaning; no other module spells one.

Messaging names follow OpenTelemetry's semantic conventions; ids are attributes, personal data never is.
"""

from dataclasses import dataclass
from typing import Final, Literal

# Attributes of spans: whose case it is
CASE_ID: Final = "onestop.case.id"  # ULID of the case that a span is about
CORRELATION_ID: Final = "onestop.correlation.id"  # the case it all began with: joins a report, its work and its notices
REFERENCE: Final = "onestop.reference"  # the citizen's; typed into the trace page it finds the case's traces
OUTBOX_WAIT: Final = "outbox.wait_ms"  # ms from the save of a case to the send of its event
SAVE_WAIT: Final = "save.wait_ms"  # ms that this step waited for its saves, shared bulk writes included
KAFKA_WAIT: Final = "kafka.wait_ms"  # ms from the send of an event (the record's CreateTime) to its handler's start
SERVED: Final = (CASE_ID, CORRELATION_ID, REFERENCE)  # copied from a span to all its children

# Attributes of spans: messaging
MESSAGING_SYSTEM: Final = "messaging.system"  # always `kafka`
DESTINATION: Final = "messaging.destination.name"  # the topic
OPERATION_NAME: Final = "messaging.operation.name"  # `send`, `process`
MESSAGE_ID: Final = "messaging.message.id"  # `ce_id` of the event
EVENT_TYPE: Final = "cloudevents.event_type"  # `onestop.report.submitted.v1`

# Attributes of spans: errors, HTTP
ERROR_TYPE: Final = "error.type"  # a reject's code or the exception's class; never its message
HTTP_METHOD: Final = "http.request.method"
HTTP_ROUTE: Final = "http.route"  # its template
HTTP_STATUS: Final = "http.response.status_code"
URL_PATH: Final = "url.path"
URL_QUERY: Final = "url.query"

# Span names; the topic, collection or channel follows after a space
SEND: Final = "send"  # producer: one event handed to Kafka and acknowledged
PROCESS: Final = "process"  # consumer: one event taken to its effect
DUE: Final = "due"  # a moment of a case has come
DELIVER: Final = "deliver"  # client: one message handed to the provider of its channel


@dataclass(frozen=True)
class Metric:
    """One metric. Labels hold names from code and configuration only, so their number is bounded; never an id."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def exposed(self) -> str:
        """The name on `/metrics`: underscores, `onestop_` in front, Prometheus' suffix for the unit behind."""
        unit = {"s": "_seconds"}.get(self.unit, "")
        total = "_total" if self.kind == "counter" else ""
        return "onestop_" + self.name.replace(".", "_") + unit + total


# From a millisecond to the minutes that an outage of the broker takes.
SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
# What people wait for: the objectives (docs/operations/objectives.md) are bounds of these, so that they count exactly.
PATIENCE: Final = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600)

OUTBOX_UNPUBLISHED: Final = Metric(
    "outbox.unpublished", "gauge", "events", "saved with their case and not yet acknowledged by Kafka", ("collection",)
)
OUTBOX_AGE: Final = Metric(
    "outbox.oldest.age", "gauge", "s", "age of the oldest unpublished event; rises while Kafka is away", ("collection",)
)
PUBLISHED: Final = Metric("published", "counter", "events", "acknowledged by Kafka", ("topic",))
CONSUMED: Final = Metric(
    "consumed", "counter", "events", "taken from a topic, by what became of them", ("topic", "outcome")
)
CONSUME_WAIT: Final = Metric(
    "consume.wait", "histogram", "s", "from the send (the record's CreateTime) to its handling", ("topic",), SECONDS
)
CONSUME_HANDLE: Final = Metric(
    "consume.handle", "histogram", "s", "from the handler's start to its saved effect", ("topic",), SECONDS
)
CONSUME_LAG: Final = Metric(
    "consume.lag", "gauge", "events", "in this process's partitions of a topic, without their effect so far", ("topic",)
)
CONSUME_HALTED: Final = Metric(
    "consume.halted", "gauge", "consumers", "1 when so many events ended as dead letters that the consumer has stopped"
)
DLQ: Final = Metric("dlq", "counter", "messages", "parked in the group's dead letters", ("group", "reason"))
DLQ_OPEN: Final = Metric(
    "dlq.open", "gauge", "messages", "dead letters that nobody has replayed or discarded", ("group", "reason")
)
SAVE_BATCH: Final = Metric(
    "save.batch.size", "histogram", "cases", "cases that shared one bulk write", ("collection",), SIZES
)
SAVE_CONFLICTS: Final = Metric(
    "save.conflicts",
    "counter",
    "saves",
    "lost to a newer version of the same case, and then decided again",
    ("collection",),
)
MOMENTS: Final = Metric(
    "moments", "counter", "moments", "worked by a timer: done, to be tried again, parked", ("collection", "outcome")
)
MOMENTS_DUE: Final = Metric(
    "moments.due", "gauge", "cases", "with a moment that has come and is not done, up to 10,000", ("collection",)
)
MOMENTS_AGE: Final = Metric(
    "moments.oldest.age", "gauge", "s", "since when the oldest moment waits that is not parked", ("collection",)
)
MOMENTS_PARKED: Final = Metric(
    "moments.parked", "gauge", "cases", "with a moment that was given up, until an operator replays it", ("collection",)
)
TIMER_HALTED: Final = Metric(
    "timer.halted", "gauge", "timers", "1 when so many moments failed that the timer has stopped", ("collection",)
)
TIMER_REPLICAS: Final = Metric("timer.replicas", "gauge", "processes", "that share the moments, as this one knows")
DELIVERIES: Final = Metric(
    "deliveries",
    "counter",
    "messages",
    "handed to the provider of a channel, by what it said: sent, refused, later",
    ("channel", "outcome"),
)
DELIVERIES_WAITING: Final = Metric(
    "deliveries.waiting", "gauge", "messages", "owed to somebody and not taken by their provider yet", ("channel",)
)
DELIVERIES_AGE: Final = Metric(
    "deliveries.oldest.age",
    "gauge",
    "s",
    "since when the oldest message waits for its provider",
    ("channel",),
)
ROUTED: Final = Metric(
    "routed", "histogram", "s", "from a report's acceptance to its saved work order", buckets=PATIENCE
)
TOLD: Final = Metric(
    "told", "histogram", "s", "from an event to the provider's taking of a message about it", ("channel",), PATIENCE
)
REPORTS_UNROUTED_AGE: Final = Metric(
    "reports.unrouted.oldest.age", "gauge", "s", "since when the oldest report waits that no team has"
)
REPORTS_SILENCE: Final = Metric(
    "reports.silence", "gauge", "s", "of the town's office hours since the newest report came in"
)
ORDERS_OPEN: Final = Metric("orders.open", "gauge", "orders", "of work that a team has not finished", ("team",))
ORDERS_LATE: Final = Metric("orders.late", "gauge", "orders", "of these, not done or not taken in time", ("team",))
PERMITS_DECIDED: Final = Metric(
    "permits.decided", "counter", "applications", "decided, in time or late, by their lane", ("lane", "outcome")
)
PERMITS_OVERDUE: Final = Metric(
    "permits.overdue", "gauge", "applications", "past the due time of their lane and not decided", ("lane",)
)
CHANGES: Final = Metric(
    "changes", "counter", "changes", "of a collection or database, as its follower took them", ("followed", "outcome")
)
CHANGES_FOLLOWED: Final = Metric(
    "changes.followed", "gauge", "followers", "1 while the changes of a collection or database arrive", ("followed",)
)
WORK_PROBLEM: Final = Metric(
    "work.problem", "gauge", "checks", "1 when this check of /workz finds something wrong", ("check",)
)
LEASES_HELD: Final = Metric(
    "leases.held", "gauge", "leases", "sweeps and timers that this process runs for all", ("lease",)
)
HTTP_REQUESTS: Final = Metric(
    "http.requests", "counter", "requests", "answered, by route template", ("method", "route", "status")
)
HTTP_DURATION: Final = Metric(
    "http.duration", "histogram", "s", "from the request's arrival to its last byte", ("method", "route"), SECONDS
)
BODIES_HELD: Final = Metric(
    "http.bodies.held", "gauge", "bytes", "of request bodies larger than a form, held by requests under way"
)
BODIES_REFUSED: Final = Metric(
    "http.bodies.refused",
    "counter",
    "requests",
    "ended while their body came: slow (too few bytes), long (for too long), room (too many bytes at once)",
    ("reason",),
)
UNSUBMITTED: Final = Metric(
    "unsubmitted", "gauge", "bytes", "stored of files that belong to nothing handed in, of the town's budget", ("what",)
)
UNSUBMITTED_MOST: Final = Metric("unsubmitted.most", "gauge", "bytes", "that there may be of these", ("what",))
ROLE: Final = Metric(
    "role", "gauge", "processes", "1 where this process does this part of the service's work, else 0", ("role",)
)
VALID_UNTIL: Final = Metric(
    "valid.until",
    "gauge",
    "s",
    "until when (Unix time) what this process works with is good: the town's holidays, certificates, the seal's key",
    ("what",),
)
CLOCK: Final = Metric(
    "clock", "gauge", "s", "what time this process thinks it is (Unix time), at the moment in which Prometheus asks"
)
BUILD: Final = Metric(
    "build.info", "gauge", "processes", "1: the release that this process runs", ("version", "revision")
)

METRICS: Final = (
    OUTBOX_UNPUBLISHED,
    OUTBOX_AGE,
    PUBLISHED,
    CONSUMED,
    CONSUME_WAIT,
    CONSUME_HANDLE,
    CONSUME_LAG,
    CONSUME_HALTED,
    DLQ,
    DLQ_OPEN,
    SAVE_BATCH,
    SAVE_CONFLICTS,
    MOMENTS,
    MOMENTS_DUE,
    MOMENTS_AGE,
    MOMENTS_PARKED,
    TIMER_HALTED,
    TIMER_REPLICAS,
    DELIVERIES,
    DELIVERIES_WAITING,
    DELIVERIES_AGE,
    ROUTED,
    TOLD,
    REPORTS_UNROUTED_AGE,
    REPORTS_SILENCE,
    ORDERS_OPEN,
    ORDERS_LATE,
    PERMITS_DECIDED,
    PERMITS_OVERDUE,
    CHANGES,
    CHANGES_FOLLOWED,
    WORK_PROBLEM,
    LEASES_HELD,
    HTTP_REQUESTS,
    HTTP_DURATION,
    BODIES_HELD,
    BODIES_REFUSED,
    UNSUBMITTED,
    UNSUBMITTED_MOST,
    ROLE,
    VALID_UNTIL,
    CLOCK,
    BUILD,
)
