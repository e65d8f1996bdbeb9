"""The kernel: one case, one document, one write; from request or event to effect, each effect once.

Read in this order: `case` (what a step is), `write` and `outbox` (what one step writes), `cases` and `fold` (load,
decide, save, and several steps as one), `gather` and `mongo` (how a save is fast and guarded), `beside` (what a case no
longer holds itself), `relay` (outbox to topic), `consume` and `breaker` (topic to effect), `moments`, `timers` and
`leases` (what time brings). Around them: `producer`, `bus` and `wire` (Kafka), `keys` (retries of clients), `dlq` (what
could not be handled), `state` (what two releases share), `service` (one process of it).

This file offers the words that a decision needs and imports no driver, so that a `domain/` stays cheap to import.
A composition root takes `Service` from `shared.kernel.service`, a store takes `MongoCases` from `shared.kernel.mongo`.
"""

from shared.kernel.case import Case, Cause, Decide, Erase, Step, Tombstone, fingerprint, keyed_id
from shared.kernel.clock import now
from shared.kernel.errors import DuplicateKey, Reject, Transient
from shared.kernel.moments import Moment
from shared.kernel.state import Lenient, StoredModel

__all__ = [
    "Case",
    "Cause",
    "Decide",
    "DuplicateKey",
    "Erase",
    "Lenient",
    "Moment",
    "Reject",
    "Step",
    "StoredModel",
    "Tombstone",
    "Transient",
    "fingerprint",
    "keyed_id",
    "now",
]
