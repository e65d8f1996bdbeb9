"""The kernel: one case, one document, one write; from request or event to effect, each effect once.

Read in this order: `case` (what a step is), `cases` (load, decide, save), `gather` and `mongo` (how a save is fast and
guarded), `relay` (outbox to topic), `consume` (topic to effect), `timers` and `leases` (what time brings). Around them:
`bus` and `wire` (Kafka), `keys` (retries of clients), `dlq` (what could not be handled), `service` (one process of it).

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
