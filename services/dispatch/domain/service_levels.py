"""What is promised for work: the town's service level for it, and its priority as a rule or an officer says it."""

from collections.abc import Sequence
from typing import get_args

from shared.calendar import WorkingCalendar
from shared.events.work_orders import Priority
from shared.town import Town
from shared.town.models import ServiceLevel, Target


def calendar_of(town: Town, service_level: str, priority: Priority) -> WorkingCalendar:
    """The calendar that the promise is counted by; the office's hours where the profile lost the level."""
    known = _find_promising(town, service_level, priority)
    return town.always if known and known.calendar == "always" else town.calendar


def find_target(town: Town, service_level: str, priority: Priority) -> Target:
    """The minutes promised; none where the profile lost the level, or says that it promises none.

    An officer may judge work more or less urgent than any rule that leads to its level. Nothing is without an end for
    that: of less urgent work the level's next target holds, of more urgent work the soonest of all levels.
    """
    known = _find_promising(town, service_level, priority)
    targets = known.targets if known else {}
    return next((targets[one] for one in _from(priority) if one in targets), Target())


def _find_promising(town: Town, service_level: str, priority: Priority) -> ServiceLevel | None:
    own = town.service_levels.get(service_level)
    if own is None or any(one in own.targets for one in _from(priority)):
        return own
    soonest = {
        target.resolve_minutes: level
        for level in reversed(town.service_levels.values())
        if (target := level.targets.get(priority)) and target.resolve_minutes
    }
    return soonest[min(soonest)] if soonest else own


def _from(priority: Priority) -> Sequence[Priority]:
    """That priority, then the next more urgent ones; for one that only a newer release knows the most usual."""
    ranks = get_args(Priority)
    rank = ranks.index(priority) if priority in ranks else ranks.index("normal")
    return ranks[rank::-1]
