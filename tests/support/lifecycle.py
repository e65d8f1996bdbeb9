"""A reader who follows a case by its diagram and nothing else."""

from shared.events.agencies import WorkOrderAgencyAnswered, WorkOrderAgencyTold, WorkOrderTakenBack
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
        if self._lifecycle.name == "work-order":
            after = [_as_noted(event, state, one) for one, state in zip(after, self.states, strict=True)]
        found = frozenset[str]().union(*after)
        assert found, f"{event.type} must not come while it is {' or '.join(sorted(self.states))}"
        self.states = found


def _as_noted(event: Event, state: str, after: frozenset[str]) -> frozenset[str]:
    """Where the note below the diagram says that it is: with the agency, or again with the team."""
    match event:
        case WorkOrderAgencyTold(status="failed") | WorkOrderAgencyAnswered(answer="declined", late=False):
            returned = True
        case WorkOrderTakenBack():
            returned = True
        case WorkOrderAgencyTold() | WorkOrderAgencyAnswered():
            return frozenset({state})
        case _:
            returned = False
    return after & frozenset({"taken" if getattr(event, "team", None) else "waiting"}) if returned else after
