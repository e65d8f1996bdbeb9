"""Looking up a reporter's contact for a call, and which other reports came from the same contact. Nobody sees either
without a line in the trail, and nobody more often an hour than the town says.
"""

from datetime import datetime, timedelta

from services.notify.commands import Desk
from services.notify.domain.file import REPORTER, CaseFile
from services.notify.domain.revealing import (
    Caller,
    Reachable,
    may_know_of,
    need_look_up,
    need_room,
    reachable,
    tell_shown,
)
from shared.events.ids import new_id
from shared.events.notices import LookUpReason
from shared.kernel import Case, Cause, Reject, Step, fingerprint, now
from shared.kernel.mongo_trail import TrailFilter
from shared.kernel.trail import Change, Line
from shared.people import Person

WINDOW = timedelta(hours=1)
REPEATED = timedelta(minutes=2)  # a network that lost the answer asks again at once; later it is somebody's second look
REPORTS_MOST = 10  # of one contact, the newest


async def look_up(desk: Desk, who: Person, case: Case[CaseFile], reason: LookUpReason, key: str | None) -> Reachable:
    """How to reach the reporter. It leaves a line in the trail and, by an event, one in the report's own history, in
    the write before the answer: nobody sees a number that nobody knows they saw. The same request again is the same
    look for as long as an answer may be on its way, and shows nothing after that."""
    at = now()
    need_look_up(who, case.state, desk.town.calls)
    found = reachable(await desk.store.find_person(case.id, REPORTER))
    await _count(desk, who, f"{case.id}:{key or new_id()}", at)

    def decide(file: CaseFile | None, _: Cause) -> Step[CaseFile] | None:
        return Step(file, [tell_shown(file, case.id, who, reason)]) if file else None

    scope, said = f"look-up:{case.id}:{who.sub}", fingerprint(reason)
    cause = Cause.request(key=key, scope=scope, content=said, by=who, act="look-up")
    looked = await desk.store.files.step(case.id, decide, cause)
    if looked.repeated and not await _is_new(desk, who, case.id, cause):
        raise Reject("looked-up-already", "It was shown already; ask again with a new Idempotency-Key.", status=409)
    return found


async def reports_of_contact(
    desk: Desk, who: Person, caller: Caller, phone: str | None, email: str | None
) -> list[str]:
    """References of the reports that whoever is reached there sent, the newest first; none that they only follow, and
    none that others may not know of. The trail says who asked, why and what was found; not for which number."""
    at, cause = now(), Cause.request()
    await _count(desk, who, cause.id, at)
    people = await desk.store.list_reached_by(phone, email, REPORTER, REPORTS_MOST)
    files = [await desk.store.files.get(one.state.case_id) for one in people]
    found = [one.state.reference for one in files if one and one.state.reference and may_know_of(one.state)]
    told = (Change("caller", None, caller), Change("found", None, found))
    await desk.store.trail.add(desk.store.files.name, Line(cause.id, at, None, "", "", "same-contact", who, told))
    return found


async def _count(desk: Desk, who: Person, look: str, at: datetime) -> None:
    """One look more of this hour; 429 where there were as many as anybody may have."""
    calls = desk.town.calls
    before = await desk.store.trail.newest(TrailFilter(sub=who.sub, since=at - WINDOW), calls.most_an_hour)
    need_room(calls, len(before))
    # Many at once see none of the others.
    if not await desk.store.has_room_for_look_up(who.sub, look, calls.most_an_hour, at):
        need_room(calls, calls.most_an_hour)


async def _is_new(desk: Desk, who: Person, case_id: str, cause: Cause) -> bool:
    """Whether its first time was just now."""
    wanted = TrailFilter(case_id=case_id, sub=who.sub, since=cause.at - REPEATED)
    return any(line.id == cause.id for _, line in await desk.store.trail.newest(wanted, desk.town.calls.most_an_hour))
