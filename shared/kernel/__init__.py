"""The kernel: one case, one document, one write; from request or event to effect, each effect once."""

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
