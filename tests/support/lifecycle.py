"""A reader who follows a case by its diagram and nothing else."""

from shared.events.agencies import WorkOrderAgencyAnswered, WorkOrderAgencyTold, WorkOrderTakenBack
from shared.events.base import Event
from shared.events.incidents import (
    IncidentChanged,
    IncidentJoined,
    IncidentLeft,
    IncidentReopened,
    IncidentResolved,
    IncidentTold,
    IncidentWentOn,
)
from shared.events.work_orders import WorkOrderAssigned, WorkOrderCreated, WorkOrderResumed
from tools.contract.diagram import START
from tools.contract.lifecycle import LIFECYCLES


class Reader:
    """Follows one case: `states` are those in which it may be by what was heard of it."""

    def __init__(self, name: str, case_id: str = "") -> None:
        self._lifecycle, self._id = LIFECYCLES[name], case_id
        self._is_a_share = False
        self.states: frozenset[str] = frozenset({START})

    def hear(self, event: Event) -> None:
        """One event; it must be one that the diagram allows now."""
        if isinstance(event, WorkOrderAssigned) and event.team and event.previous_team == event.team:
            return  # the team keeps it: as the note below the diagram says
        if isinstance(event, WorkOrderCreated):
            self._is_a_share = event.parent is not None
        after = [self._lifecycle.list_following(state, event.type) for state in self.states]
        if self._lifecycle.name == "work-order":
            after = [self._as_noted(event, state, one) for one, state in zip(after, self.states, strict=True)]
        found = frozenset[str]().union(*after)
        assert found, f"{event.type} must not come while it is {' or '.join(sorted(self.states))}"
        self.states = found

    def _as_noted(self, event: Event, state: str, after: frozenset[str]) -> frozenset[str]:
        """Where the notes below the diagram say that it is."""
        match event:
            case IncidentJoined(work_order_id=lead):
                moves = lead != self._id and not self._is_a_share and "aside" in after
                return frozenset({"aside"}) if moves else frozenset({state})
            case IncidentChanged(work_order_id=lead) | IncidentReopened(work_order_id=lead) if lead != self._id:
                return frozenset({state})
            case IncidentWentOn(work_order_id=lead):
                return frozenset({"aside"}) if state == "ended" and lead != self._id else frozenset({state})
            case IncidentReopened():
                return after - {state} if state in ("aside", "ended") else frozenset({state})
            case IncidentLeft() | IncidentResolved() | IncidentChanged():
                return after - {"aside"} if state == "aside" else frozenset({state})
            case IncidentTold():
                return frozenset({state})
            case WorkOrderResumed() if state == "paused":
                return frozenset({"taken" if event.team else "waiting"})
            case _:
                return _with_agency(event, state, after)


def _with_agency(event: Event, state: str, after: frozenset[str]) -> frozenset[str]:
    """With the agency, or again with the team."""
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
