"""Steps that concern two cases: a follower and the report's count, a duplicate and the report that stays.

Each begins in `commands.py` and goes on here at once; what a crash has parted, a moment of the case finishes
(`timers.py`). Every step may be repeated: its cause is derived from what it is about, or its decision finds it done.
"""

from services.intake.domain import following, merging, separating
from services.intake.domain.following import Follower, follower_id
from services.intake.domain.report import Report
from services.intake.store import Store
from shared.events.ids import derive_id
from shared.kernel import Case, Cause, Reject, Step, now

MERGED_MOST = 20  # shown of those that were merged into one
MERGES_DEEP = 50  # a merged report's report may be merged too; no officer makes a longer chain


async def count_follower(store: Store, report_id: str, party: str) -> int:
    """Have the report count a follower as they are; how many it counts now."""
    case = await store.followers.get(follower_id(report_id, party))
    if case is None:
        raise Reject("unknown-follower", f"nobody follows {report_id} as {party}", status=404)
    follower = case.state
    followers: int | None = None
    if not follower.counted:
        followers = await _count(store, follower, "came", 1)
        await _note(store, follower, "counted")
    if follower.left_at is not None and not follower.uncounted:
        followers = await _count(store, follower, "left", -1)
        await _note(store, follower, "uncounted")
    if followers is None:
        report = await store.reports.get(report_id)
        followers = report.state.followers if report else 0
    return followers


async def _count(store: Store, follower: Follower, what: str, change: int) -> int:
    party = follower.party if change > 0 else ""
    case = await store.step(
        follower.report,
        lambda report, cause: following.count(report, cause.at, change, party=party),
        Cause(derive_id(follower.report, what, follower.party), "", now()),
    )
    await transfer_followers(store, case)
    return case.state.followers


async def _note(store: Store, follower: Follower, what: str) -> None:
    def note(one: Follower, _: Cause) -> Step[Follower] | None:
        return None if getattr(one, what) else Step(one.model_copy(update={what: True}))

    await store.step_follower(follower.report, follower.party, note, Cause.request())


async def finish_merge(store: Store, duplicate_id: str) -> Case[Report]:
    """Go on with a merge from wherever it stands; `Reject` and as before when the other report refuses."""
    case = await store.get_report(duplicate_id)
    if merge := case.state.merging:
        try:
            shown = case.state.listed
            into = await store.step(merge.into, lambda report, _: merging.agree(report, listed=shown), Cause.request())
            into_listed = into.state.listed
            case = await store.step(
                duplicate_id,
                lambda report, cause: merging.close_as_duplicate(report, cause.at, merge.into, into_listed=into_listed),
                Cause.request(),
            )
        except Reject:
            case = await store.step(
                duplicate_id, lambda report, _: merging.give_up_merge(report, merge.into), Cause.request()
            )
            if case.state.merged_into != merge.into:  # else another process has finished it meanwhile
                raise
    await transfer_followers(store, case)
    return await store.get_report(duplicate_id)


async def finish_separation(store: Store, report_id: str) -> Case[Report]:
    """Go on with a separation from wherever it stands."""
    case = await store.get_report(report_id)
    report, separation = case.state, case.state.separation
    if separation is None:
        return case
    other = await store.step(
        separation.into,
        lambda other, cause: separating.release(other, cause.at, separation.people, left=report),
        Cause(derive_id(report_id, "separation", str(report.separated)), "", now()),
    )
    await transfer_followers(store, other)
    return await store.step(report_id, lambda one, _: separating.note_release(one, separation.into), Cause.request())


async def transfer_followers(store: Store, case: Case[Report]) -> None:
    """Tell the report that a merged one was merged into of everybody whom it does not count yet, and so on upwards."""
    for _ in range(MERGES_DEEP):
        if case.state.merged_into is None or case.state.transfer.since is None:
            return
        case = await _transfer_once(store, case)


async def _transfer_once(store: Store, case: Case[Report]) -> Case[Report]:
    """One turn: whoever waits is sent, counted, and noted as arrived. The one that counted them, or `case` anew."""
    case = await store.step(case.id, lambda report, _: merging.send_waiting(report), Cause.request())
    report, transfer = case.state, case.state.transfer
    if report.merged_into is None or not transfer.under_way:
        return case
    duplicate = report if transfer.turn == transfer.began else None
    into = await store.step(
        report.merged_into,
        lambda other, cause: merging.absorb(other, cause.at, transfer.under_way, duplicate=duplicate),
        Cause(derive_id(case.id, "transfer", str(transfer.turn)), "", now()),
    )
    left = await store.step(case.id, lambda one, _: merging.note_arrival(one, transfer.turn), Cause.request())
    return left if left.state.transfer.since else into


async def report_that_stays(store: Store, case: Case[Report]) -> Report:
    """The report that a merged one goes on as; the report itself when it is not merged."""
    for _ in range(MERGES_DEEP):
        if case.state.merged_into is None:
            break
        case = await store.get_report(case.state.merged_into)
    return case.state


async def list_merged(store: Store, case: Case[Report]) -> list[Case[Report]]:
    """Those that were merged into it and still are, the newest first; of very many the newest."""
    lines = (entry.reference for entry in reversed(case.state.timeline) if entry.type == "absorbed" and entry.reference)
    named = [*dict.fromkeys(lines)][:MERGED_MOST]
    found = [await store.find_by_reference(reference) for reference in named]
    return [one for one in found if one and one.state.merged_into == case.id]
