"""What time alone does to a referral: the agency is reminded, with a new link to answer by, and then overdue."""

from collections.abc import Mapping
from datetime import datetime

from services.dispatch.domain.history import Acting
from services.dispatch.domain.referral import REMINDERS_MOST, Referral, find_next_reminder, renew_link
from services.dispatch.domain.referring import list_link_fields
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.agencies import ChasedBecause, WorkOrderAgencyChased
from shared.events.base import Event
from shared.kernel import Step
from shared.town import Town

LINE: Mapping[str, str] = {"reminder": "agency_reminded", "overdue": "agency_overdue"}  # in the history


def chase(town: Town, order: WorkOrder, at: datetime) -> Step[WorkOrder] | None:
    """What has come due by then; None: nothing has, as when the agency answered meanwhile.

    Overdue comes first: it reminds the agency as well, and the town's people are told.
    """
    referral = order.referral
    if not order.is_open or referral is None or not referral.owes:
        return None
    overdue = referral.overdue_at is None and referral.answer_by is not None and referral.answer_by <= at
    if not overdue and (referral.remind_at is None or referral.remind_at > at):
        return None
    return _write(town, order, referral, "overdue" if overdue else "reminder", Acting(None, at))


def _write(town: Town, order: WorkOrder, referral: Referral, reason: ChasedBecause, system: Acting) -> Step[WorkOrder]:
    at, reminders = system.at, referral.reminders + 1
    again = find_next_reminder(town, town.agencies.get(referral.agency), at) if reminders < REMINDERS_MOST else None
    written = renew_link(referral, at).model_copy(
        update={
            "reminders": reminders,
            "remind_at": again,
            "overdue_at": at if reason == "overdue" else referral.overdue_at,
        }
    )
    after = change(order, LINE[reason], system, facts={"agency": referral.agency}, referral=written)
    said = {**list_common_fields(town, after, system), **list_link_fields(written)}
    events: list[Event] = [
        WorkOrderAgencyChased(**said, reason=reason, reminders=reminders, answer_by=referral.answer_by)
    ]
    return Step(after, events)
