"""The diagrams tell every event, lead everywhere, and end where they say."""

import pytest

from shared.events.agencies import AGENCY_EVENTS
from shared.events.base import Event
from shared.events.incidents import OF_INCIDENTS, OF_MEMBERS, IncidentChanged, IncidentReopened
from shared.events.notices import NOTICE_EVENTS
from shared.events.permits import PERMIT_EVENTS
from shared.events.reports import REPORT_EVENTS
from shared.events.work_orders import WORK_ORDER_EVENTS
from tools.contract.diagram import EVER, START, Lifecycle, mermaid, quiet, short
from tools.contract.lifecycle import LIFECYCLES

FAMILIES: dict[str, tuple[type[Event], ...]] = {
    "report": (*REPORT_EVENTS, *WORK_ORDER_EVENTS, *AGENCY_EVENTS, *OF_MEMBERS),
    "work-order": (*WORK_ORDER_EVENTS, *AGENCY_EVENTS, *OF_MEMBERS, IncidentChanged, IncidentReopened),
    "incident": OF_INCIDENTS,
    "permit": PERMIT_EVENTS,
    "notice": NOTICE_EVENTS,
}
every = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda one: one.name)


@every
def test_it_tells_every_event_of_its_topics(lifecycle: Lifecycle) -> None:
    told = {short(event.type) for event in FAMILIES[lifecycle.name]}
    # That a work order is hidden is told of the work order: its report says so itself.
    assert lifecycle.events == told - ({"work-order.hidden"} if lifecycle.name == "report" else set())


@every
def test_every_state_is_explained_and_can_be_reached(lifecycle: Lifecycle) -> None:
    reached, found = {START}, {START}
    while found:
        found = {after for move in lifecycle.moves for after in move.after if reached & set(move.before)} - reached
        reached |= found
    assert reached == {START, *lifecycle.states}
    assert {state for move in lifecycle.moves for state in move.before} <= {START, EVER, *lifecycle.states}


@every
def test_nothing_leads_out_of_an_end_and_every_other_state_leads_to_one(lifecycle: Lifecycle) -> None:
    leading = {before for move in lifecycle.moves for before in move.before if move.after}
    assert leading.isdisjoint(lifecycle.ends)
    assert leading | set(lifecycle.ends) == {START, *lifecycle.states}


@every
def test_the_diagram_draws_each_move(lifecycle: Lifecycle) -> None:
    drawn = mermaid(lifecycle)
    assert drawn.startswith("stateDiagram-v2\n")
    for move in lifecycle.moves:
        for before in move.before:
            for after in move.after:
                (line,) = [one for one in drawn.splitlines() if one.startswith(f"    {before} --> {after}: ")]
                assert set(move.events) <= set(line.rpartition(": ")[2].split("<br/>"))
    assert all(f"    {state} --> [*]" in drawn for state in lifecycle.ends)
    assert set(quiet(lifecycle)) <= lifecycle.events
