"""The kernel: one case, one document, one write; from request or event to effect, each effect once.

Read in this order:

- a step: `case` (what it is), `write` and `outbox` (what it writes), `cases` and `fold` (load, decide, save;
  several steps as one), `store`, `gather`, `mongo`, `mongo_state` and `mongo_outcomes` (fast, guarded saves of what
  has changed), `beside` and `mongo_beside` (what a case no longer holds itself), `trail` and `mongo_trail` (what the
  staff did);
- after the save: `wakes` and `change_follower` (who goes on), `publishing`, `relay`, `outlet` and `sending`
  (outbox to topic), `journal` (what was told before);
- what is heard: `bus` (from Kafka), `batches`, `consume` and `breaker` (topic to effect), `dlq` and
  `open_dead_letters` (what could not be handled);
- what time brings: `moments` and `mongo_moments`, `timers`, `attempts` and `pools`, `leases` (who works which shard),
  `clockwork` (all of it in one process), `sweeps` (cases that a service looks for by itself);
- around them: `mongo_indexes`, `restored` (after a backup came back), `connections`, `producer` and `wire` (the
  clients), `keys` (retries of clients), `ended_sessions` (who has signed out), `state` (what two releases share),
  `errors` and `failures` (what a failure means), `clock`, `background`, `ending`, `garbage`, `health`, `service` (one
  process).

This file offers the words that a decision needs and imports no driver, so that a `domain/` stays cheap to import.
A composition root takes `Service` from `shared.kernel.service`, a store takes `MongoCases` from `shared.kernel.mongo`.
"""

from shared.kernel.case import Case, Cause, Decide, Erase, Step, Tombstone, derive_keyed_id, fingerprint
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
    "derive_keyed_id",
    "fingerprint",
    "now",
]
