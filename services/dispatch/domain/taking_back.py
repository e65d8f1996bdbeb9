"""Until when what is over can be taken back: as long as intake keeps a resolved report open, by the profile of when it
ended. So the two never disagree, also where the profile or the category is another by now."""

from datetime import datetime, timedelta

from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import WorkOrder
from shared.town import Town

REOPEN_DAYS = 14  # for a category that the profile no longer has; intake takes the same


def open_until(town: Town, code: str, at: datetime) -> datetime:
    """Until when a report of that category that ends at `at` may be opened again."""
    category = town.categories.get(code)
    return at + timedelta(days=category.reopen_days if category else REOPEN_DAYS)


def reopens_until(town: Town, ended: WorkOrder | Incident) -> datetime | None:
    """As it was when it ended; a release before has not kept that, so today's profile answers. None: it is not over."""
    if ended.closed_at is None:
        return None
    return ended.reopen_until or open_until(town, ended.category, ended.closed_at)
