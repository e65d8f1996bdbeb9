"""What intake does because time has passed: the moments of reports and followers, and its sweeps."""

from functools import partial

from services.intake import joining
from services.intake.commands import Desk
from services.intake.domain.following import forget_follower
from services.intake.domain.progress import close_when_over
from services.intake.domain.retention import cover, forget, to_be_forgotten
from shared.kernel import Cause, Moment, Reject
from shared.kernel.service import Service

PHOTO_SWEEP_SECONDS = 600
RETENTION_SWEEP_SECONDS = 3600  # the period is counted in days
ERASED_AT_ONCE = 100


def schedule(service: Service, desk: Desk) -> None:
    """Registers the service's moments (`store.py` says when they are) and its sweeps."""
    service.on_due(desk.store.reports, partial(on_report_due, desk))
    service.on_due(desk.store.followers, partial(on_follower_due, desk))
    service.every(PHOTO_SWEEP_SECONDS, "photos", desk.store.photos.forget_unnamed)
    service.every(RETENTION_SWEEP_SECONDS, "retention", partial(forget_overdue, desk))


async def on_report_due(desk: Desk, case_id: str, moment: Moment, cause: Cause) -> None:
    """Nobody may reopen it any more, its people are to be forgotten, or what two cases began is to be finished."""
    match moment.name:
        case "close":
            await desk.store.step(case_id, lambda report, cause: close_when_over(report, cause.at), cause)
        case "forget":
            await forget_people(desk, case_id, cause)
        case "merge":
            await finish_merge(desk, case_id)
        case "transfer":
            await joining.transfer_followers(desk.store, await desk.store.report(case_id))


async def on_follower_due(desk: Desk, case_id: str, _moment: Moment, _cause: Cause) -> None:
    """Whoever began to follow, or to leave, is counted."""
    report_id, _, party = case_id.partition(":")
    await joining.count_follower(desk.store, report_id, party)


async def finish_merge(desk: Desk, case_id: str) -> None:
    """When the other report refuses, the duplicate is free again: nobody waits for the answer any more."""
    try:
        await joining.finish_merge(desk.store, case_id)
    except Reject:
        return


async def forget_people(desk: Desk, case_id: str, cause: Cause) -> None:
    """Followers first, then the timeline's older lines, then the report: a crash in between leaves its moment."""
    days = desk.town.retention.reporter_days
    report = (await desk.store.report(case_id)).state
    if not to_be_forgotten(report, cause.at, days):
        return
    while parties := await desk.store.not_forgotten(case_id, ERASED_AT_ONCE):
        for party in parties:
            await desk.store.step_follower(
                case_id, party, lambda one, cause: forget_follower(one, cause.at), Cause.request()
            )
    await desk.store.step(case_id, lambda _, __: None, Cause.request())  # moves lines out, if there are too many
    await desk.store.reports.rewrite_older(case_id, "timeline", cover)
    await desk.store.step(case_id, lambda one, cause: forget(one, cause.at, days), cause)


async def forget_overdue(desk: Desk) -> None:
    """Reports whose time is over by the profile as it is, though their own moment says otherwise."""
    async for case_id in desk.store.to_be_forgotten():
        await forget_people(desk, case_id, Cause.request())
