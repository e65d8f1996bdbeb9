"""Whether what was completed is done: the desk looks at it, or the resident says so."""

from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.crew_work import choose_level_after
from services.dispatch.domain.desk_work import call_off
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Rework
from services.dispatch.domain.referral import end_referral
from services.dispatch.domain.taking_back import reopens_until
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.work_orders import CheckedBy, WorkOrderSentBack, WorkOrderVerified
from shared.kernel import Reject, Step
from shared.town import Town


def verify(town: Town, order: WorkOrder, acting: Acting, *, note: str | None = None) -> Step[WorkOrder]:
    """It is done, says somebody who did not do it."""
    need(order, "verify")
    done_by = order.completion.by if order.completion else None
    if done_by is not None and acting.by is not None and done_by.sub == acting.by.sub:
        raise Reject("own-work", "Whoever completed it cannot check it: somebody else must.", status=403)
    return _verify(town, order, acting, "staff", note)


def confirm(town: Town, order: WorkOrder, stars: int, at: datetime) -> Step[WorkOrder] | None:
    """The resident rated it: as good as a check, where the town says so and it was to be checked at all."""
    enough = town.verification.stars is not None and stars >= town.verification.stars
    if not enough or not order.to_verify or order.state != "completed":
        return None
    return _verify(town, order, Acting(None, at), "reporter", None)


def note_reopened(town: Town, order: WorkOrder, at: datetime) -> Step[WorkOrder] | None:
    """The resident says that it is not done, and other work begins: nothing is left to check here, nor to be done where
    the desk has sent it back at the same time. One report has one team at work."""
    if order.report.state == "reopened":
        return None
    after = change(order.with_report(state="reopened"), "report_reopened", Acting(None, at), to_verify=False)
    if not (order.is_open or order.stands_aside):
        return Step(after)
    return call_off(town, after, Acting(None, at), outcome="duplicate", because="replaced")


def send_back(town: Town, order: WorkOrder, acting: Acting, *, reason: str) -> Step[WorkOrder]:
    """It is not done, and why: its team has it again, and reads it. The promise to the resident runs as if it had never
    stopped, and the team has its time to see it once more."""
    need(order, "send_back")
    return open_again(town, order, acting, reason)


def open_again(town: Town, order: WorkOrder, acting: Acting, reason: str) -> Step[WorkOrder]:
    """The same without asking whether it may be: of work that is over in whatever way, where it does an incident's."""
    at = acting.happened
    until = reopens_until(town, order)
    if until is not None and at > until:
        detail = "The time in which the report could be opened again is over: it is closed for good."
        raise Reject("too-late-to-send-back", detail)
    times = (order.rework.times if order.rework else 0) + 1
    running = clocks.hand_over(town, clocks.go_on(town, order.clocks), at)
    changes: dict[str, Any] = {
        "state": "new" if order.team == town.triage else "assigned",
        "level": choose_level_after(town, order.team, running, at),
        "clocks": running,
        "rework": Rework(at=at, by=acting.by, reason=reason, times=times, done=order.completion),
        "to_verify": False,
        "referral": end_referral(order.referral, at),
        **dict.fromkeys(("completion", "outcome", "closed_at", "reopen_until", "acknowledged_at")),
    }
    after = change(order, "sent_back", acting, text=reason, **changes)
    said = list_common_fields(town, after, acting)
    return Step(after, [WorkOrderSentBack(**said, due_at=after.due_at, reason=reason)])


def _verify(town: Town, order: WorkOrder, acting: Acting, by: CheckedBy, note: str | None) -> Step[WorkOrder]:
    after = change(order, "verified", acting, text=note, facts={"by": by}, state="verified", to_verify=False)
    return Step(after, [WorkOrderVerified(**list_common_fields(town, after, acting), by=by, note=note)])
