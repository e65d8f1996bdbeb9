"""A reader who follows a case by its diagram and nothing else."""

from shared.events.base import Event
from shared.events.work_orders import WorkOrderAssigned
from tools.contract.lifecycle import LIFECYCLES, START


class Reader:
    """Follows one case: `states` are those in which it may be by what was heard of it."""

    def __init__(self, name: str) -> None:
        self._lifecycle = LIFECYCLES[name]
        self.states: frozenset[str] = frozenset({START})

    def hear(self, event: Event) -> None:
        """One event; it must be one that the diagram allows now."""
        if isinstance(event, WorkOrderAssigned) and event.team and event.previous_team == event.team:
            return  # the team keeps it: as the note below the diagram says
        after = [self._lifecycle.following(state, event.type) for state in self.states]
        found = frozenset[str]().union(*after)
        assert found, f"{event.type} must not come while it is {' or '.join(sorted(self.states))}"
        self.states = found
