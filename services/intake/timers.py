"""What intake does because time has passed: the moments of reports and followers, and its sweeps."""

from functools import partial

from services.intake import joining
from services.intake.commands import Desk
from services.intake.domain.following import forget_follower
from services.intake.domain.progress import close_when_over
from services.intake.domain.report import Report
from services.intake.domain.retention import cover, cover_value, forget, keep_people, to_be_forgotten
from services.intake.watch import observe_reports
from shared.kernel import Case, Cause, Moment, Reject
from shared.kernel.service import Service
from shared.kernel.sweeps import for_each_case

PHOTO_SWEEP_SECONDS = 600
BUDGET_SECONDS = 60  # a measurement for the operators, whoever uploads
RETENTION_SWEEP_SECONDS = 3600  # the period is counted in days
ERASED_AT_ONCE = 100


def schedule(service: Service, desk: Desk) -> None:
    """Registers the service's moments (`store.py` says when they are) and its sweeps."""
    service.on_due(desk.store.reports, partial(on_report_due, desk))
    service.on_due(desk.store.followers, partial(on_follower_due, desk))
    service.gauge(partial(observe_reports, desk.store, desk.town))
    service.every(BUDGET_SECONDS, "budget", desk.store.photos.budget.observe)
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
        case "separate":
            await joining.finish_separation(desk.store, case_id)
        case "transfer":
            await joining.transfer_followers(desk.store, await desk.store.get_report(case_id))


async def store_moments(desk: Desk, case_id: str) -> None:
    """Nothing is to be done after all: the report waits for what it waits for today. In the name of no moment, for the
    profile may go back to what it said, and then that moment must have its effect."""
    await desk.store.reports.renew_moments(case_id)


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
    case = await keep_while_told(desk, await desk.store.get_report(case_id), cause)
    if not to_be_forgotten(case.state, cause.at, days):
        await store_moments(desk, case_id)
        return
    while parties := await desk.store.list_not_forgotten(case_id, ERASED_AT_ONCE):
        for party in parties:
            await desk.store.step_follower(
                case_id, party, lambda one, cause: forget_follower(one, cause.at), Cause.request()
            )
    await desk.store.step(case_id, lambda _, __: None, Cause.request())  # moves lines out, if there are too many
    await desk.store.reports.rewrite_older(case_id, "timeline", cover)
    await desk.store.trail.rewrite(case_id, cover_value)
    await desk.store.step(case_id, lambda one, cause: forget(one, cause.at, days), cause)


async def keep_while_told(desk: Desk, case: Case[Report], cause: Cause) -> Case[Report]:
    """The people of a merged report are told how the other one goes on: their time counts from its end. While it is
    open, that is looked at again when the whole period has passed once more, which is never too late."""
    if case.state.merged_into is None:
        return case
    survivor = await joining.report_that_stays(desk.store, case)
    told_until = survivor.closed_at or cause.at
    return await desk.store.step(case.id, lambda report, _: keep_people(report, told_until), Cause.request())


async def forget_overdue(desk: Desk) -> None:
    """Reports whose time is over by the profile as it is, though their own moment says otherwise."""
    await for_each_case(
        desk.store.list_to_be_forgotten(), lambda case_id: forget_people(desk, case_id, Cause.request())
    )
