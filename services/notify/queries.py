"""What is asked of the stored notices, as the database understands it; only `store.py` sends it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from services.notify.domain.delivery import State
from services.notify.domain.rights import PERMITS, Sight
from shared.events.notices import NoticeChannel

NOTHING = {"_id": ""}


def begins_with(prefix: str) -> dict[str, str]:
    """What begins so, as a partial index too can be told."""
    return {"$gte": prefix, "$lt": prefix[:-1] + chr(ord(prefix[-1]) + 1)}


LEVELS = begins_with("level:")


@dataclass(frozen=True)
class Filter:
    """Which notices; None: any."""

    case_id: str | None = None
    state: str | None = None
    channel: str | None = None
    recipients: Sequence[str] | None = None
    levels: bool = False  # also what was told to any level above the teams
    sight: Sight | None = None  # who asks may read no more

    def query(self, before: str | None = None) -> dict[str, Any]:
        """What is not asked for is listed in full: only then can an index give the order, with nothing to sort."""
        query: dict[str, Any] = {} if before is None else {"_id": {"$lt": before}}
        if self.case_id is not None:
            query["state.case_id"] = self.case_id
        if self.channel or self.state:
            channel = self.channel or {"$in": get_args(NoticeChannel)}
            state = self.state or {"$in": get_args(State)}
            query["state.deliveries"] = {"$elemMatch": {"state": state, "channel": channel}}
        if self.sight is not None:
            query |= _narrow_to_sight(self.sight)
        if self.recipients is None:
            return query
        ways: list[dict[str, Any]] = [{"state.recipient": {"$in": list(self.recipients)}}]
        ways += [{"state.recipient": LEVELS, "state.audience": "level"}] if self.levels else []
        return {"$or": [{**query, **way} for way in ways if way != {"state.recipient": {"$in": []}}] or [NOTHING]}


def _narrow_to_sight(sight: Sight) -> dict[str, Any]:
    """What narrows a query to what somebody may read; nothing for whoever reads all."""
    of_permits = begins_with(PERMITS)
    kinds = ((sight.reports, {"$not": of_permits}), (sight.permits, of_permits))
    if all(teams is None for teams, _ in kinds):
        return {}
    ways = [
        {"state.about": about, **({} if teams is None else {"state.team": {"$in": list(teams)}})}
        for teams, about in kinds
        if teams is None or teams
    ]
    return {"$and": [{"$or": ways or [NOTHING]}]}
