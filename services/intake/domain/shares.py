"""A team's share of split work on the report's timeline: that it began, that it is over; the whole says the rest."""

from datetime import datetime

from services.intake.domain.report import Entry
from services.intake.domain.states import LineType
from shared.events.public import openness
from shared.events.work_orders import WorkOrderCancelled, WorkOrderCompleted, WorkOrderCreated, WorkOrderEvent

LINES: dict[str, LineType] = {
    WorkOrderCreated.type: "share_begun",
    WorkOrderCompleted.type: "share_over",
    WorkOrderCancelled.type: "share_over",
}


def write_share_entry(news: WorkOrderEvent, at: datetime) -> Entry | None:
    """None: nothing that a resident would look for; its proof comes with the whole."""
    kind = LINES.get(news.type)
    if kind is None:
        return None
    return Entry(
        at=at, happened_at=news.happened_at, type=kind, level=news.level, team=news.team, openness=openness(news)
    )
