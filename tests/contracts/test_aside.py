"""Whoever follows a work order by its diagram knows where it stands, also while its report is in an incident."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.dispatch.domain.states import traits_of
from services.dispatch.domain.work_order import WorkOrder
from shared.events.base import Event
from shared.events.catalogue import EVENTS
from shared.events.incidents import IncidentChanged, IncidentReopened
from shared.events.topics import internal
from shared.kernel.outbox import Entry
from tests.support.found import Storm
from tests.support.lifecycle import Reader
from tests.support.outages import COURSES, Course
from tools.contract.diagram import START
from tools.contract.lifecycle import LIFECYCLES

TOPIC = internal("work-orders")


def told(entries: list[Entry]) -> Iterator[tuple[str, Event]]:
    """Each event with its key."""
    for entry in entries:
        for message in entry.messages:
            if message.topic == TOPIC and message.value is not None:
                known = EVENTS[dict(entry.headers)["ce_type"].decode()]
                yield message.key, known.model_validate(json.loads(message.value))


def standing(order: WorkOrder) -> str:
    if order.state == "joined":
        return "ended" if order.closed_at else "aside"
    traits = traits_of(order.state)
    return "waiting" if traits.unseen else "taken" if traits.taken else order.state


def concerns(order_id: str, order: WorkOrder, key: str, event: Event) -> bool:
    """By its own key, by that of its report, or where an incident names it."""
    if key in (order_id, order.report.id):
        return event.type != "onestop.incident.opened.v1"
    return isinstance(event, IncidentChanged | IncidentReopened)


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.__name__)
async def test_each_work_order_is_where_its_diagram_leads(course: Course) -> None:
    storm, entries = Storm(), list[Entry]()
    for table in storm.service.tables.values():
        table.outbox = entries  # one for all: in the order in which it was said
    await course(storm)
    said = list(told(entries))
    orders: dict[str, Any] = storm.service.tables[storm.desk.store.orders.name].states()
    assert len(orders) >= 5
    for order_id, order in orders.items():
        reader = Reader("work-order", order_id)
        for key, event in said:
            begun = reader.states != {START} or event.type == "onestop.work-order.created.v1"
            if begun and concerns(order_id, order, key, event):
                reader.hear(event)
        assert standing(order) in reader.states, (course.__name__, order.reference)
        assert reader.states <= set(LIFECYCLES["work-order"].states)
