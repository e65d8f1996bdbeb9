"""One believable example of each event: a burst pipe in Mae Hia and a small house. Schemas and documents show them."""

from collections.abc import Mapping

from tools.contract.examples.absences import ABSENCES
from tools.contract.examples.notices import CONTACTS, NOTICES
from tools.contract.examples.permit_life import PERMIT_LIFE
from tools.contract.examples.permits import PERMITS
from tools.contract.examples.reports import REPORTS
from tools.contract.examples.story import Example
from tools.contract.examples.work_orders import WORK_ORDERS

EXAMPLES: Mapping[str, Example] = {
    example.event.type: example
    for example in (*REPORTS, *WORK_ORDERS, *PERMITS, *PERMIT_LIFE, *NOTICES, *ABSENCES, *CONTACTS)
}

__all__ = ["EXAMPLES", "Example"]
