"""What follows a decision: the end of the case.

decided, approved: in-force ──▶ expired, completed or revoked (closed)   validity.py, construction.py, revoking.py
decided, refused:  appeal-open ──▶ final or set-aside (closed)          appeals.py
"""

from services.permits.domain.application import (
    SYSTEM,
    Application,
    Standing,
    with_entry,
    with_values,
)
from services.permits.domain.facts import list_facts
from shared.events.permits import ClosedBecause, PermitClosed
from shared.kernel import Cause, Step


def close(
    application: Application,
    cause: Cause,
    standing: Standing,
    reason: ClosedBecause,
) -> Step[Application]:
    """End the application for good, with how it stands then and why; nothing more is expected of it."""
    after = with_values(application, standing=standing, closed_at=cause.at)
    return Step(
        with_entry(after, cause, f"closed-{reason}", SYSTEM), [PermitClosed(**list_facts(application), reason=reason)]
    )
