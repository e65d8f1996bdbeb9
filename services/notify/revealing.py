"""Looking up a reporter's contact for a call, and which other reports came from the same contact."""

from datetime import timedelta

from services.notify.commands import Desk
from services.notify.domain.file import REPORTER, CaseFile
from services.notify.domain.revealing import Reachable, need_look_up, reachable, shown
from shared.events.ids import new_id
from shared.events.notices import LookUpReason
from shared.kernel import Case, Cause, Step, fingerprint, now
from shared.kernel.mongo_trail import Wanted
from shared.people import Person

WINDOW = timedelta(hours=1)
REPORTS_MOST = 10  # of one contact, the newest


async def look_up(desk: Desk, who: Person, case: Case[CaseFile], reason: LookUpReason, key: str | None) -> Reachable:
    """How to reach the reporter. It leaves a line in the trail and, by an event, one in the report's own history, in
    the write before the answer: nobody sees a number that nobody knows they saw."""
    calls, at = desk.town.calls, now()
    before = await desk.store.trail.newest(Wanted(sub=who.sub, since=at - WINDOW), calls.most_an_hour)
    need_look_up(who, case.state, calls, len(before))
    found = reachable(await desk.store.person(case.id, REPORTER))
    look = f"{case.id}:{key or new_id()}"
    if not await desk.store.count_look_up(who.sub, look, calls.most_an_hour, at):  # many at once see none of the others
        need_look_up(who, case.state, calls, calls.most_an_hour)

    def decide(file: CaseFile | None, _: Cause) -> Step[CaseFile] | None:
        return Step(file, [shown(file, case.id, who, reason)]) if file else None

    scope, said = f"look-up:{case.id}:{who.sub}", fingerprint(reason)
    cause = Cause.request(key=key, scope=scope, content=said, by=who, act="look-up")
    await desk.store.files.step(case.id, decide, cause)
    return found


async def reports_of_contact(desk: Desk, phone: str | None, email: str | None) -> list[str]:
    """References of reports that somebody reached there made or follows, the newest first."""
    people = await desk.store.reached_by(phone, email, 2 * REPORTS_MOST)
    files = {one.state.case_id: await desk.store.files.get(one.state.case_id) for one in people}
    found = (file.state.reference for file in files.values() if file and file.state.owner == REPORTER)
    return [reference for reference in found if reference][:REPORTS_MOST]
