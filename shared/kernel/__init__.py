"""The kernel: one case, one document, one write; from request or event to effect, each effect once.

Read in this order: `case` (what a step is), `cases` (load, decide, save), `gather` and `mongo` (how a save is fast and
guarded), `relay` (outbox to topic), `consume` (topic to effect), `timers` and `leases` (what time brings). Around them:
`bus` and `wire` (Kafka), `keys` (retries of clients), `dlq` (what could not be handled), `service` (one process of it).
"""

from shared.kernel.case import Case, Cause, Decide, Erase, Step, fingerprint, keyed_id
from shared.kernel.cases import Cases
from shared.kernel.clock import now
from shared.kernel.consume import Tombstone
from shared.kernel.errors import DuplicateKey, Reject, Transient, is_transient
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service

__all__ = [
    "Case",
    "Cases",
    "Cause",
    "Decide",
    "DuplicateKey",
    "Erase",
    "MongoCases",
    "Reject",
    "Service",
    "Step",
    "Tombstone",
    "Transient",
    "fingerprint",
    "is_transient",
    "keyed_id",
    "now",
]
