"""One believable example of each event: a burst pipe in Mae Hia and a small house. Schemas and documents show them."""

from collections.abc import Mapping

from shared.events.examples.notices import CONTACTS, NOTICES
from shared.events.examples.permits import PERMITS
from shared.events.examples.reports import REPORTS
from shared.events.examples.story import Example
from shared.events.examples.work_orders import WORK_ORDERS

EXAMPLES: Mapping[str, Example] = {
    example.event.type: example for example in (*REPORTS, *WORK_ORDERS, *PERMITS, *NOTICES, *CONTACTS)
}

__all__ = ["EXAMPLES", "Example"]
