"""From an event that was heard to the notices that are owed because of it.

The file of the case and each notice are separate writes. A crash between them brings the event again: the file knows
it, and the same notices are derived once more, with the same ids.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from services.notify.commands import Desk
from services.notify.domain.file import OPENING, CaseFile, Heard, Round, absorb, facts, hear, order_of, turn_page
from services.notify.domain.planning import REPLACEABLE, Profile, list_owed_at_once, list_owed_to_follower
from services.notify.domain.recipient import Recipient, follow
from services.notify.domain.rules import Rules
from services.notify.offices import deputies_in
from shared.events.base import Event
from shared.events.contacts import contact_key
from shared.events.envelope import Envelope
from shared.events.permit_base import PermitEvent
from shared.events.permits import PermitSubmitted
from shared.events.reports import ReportAmended, ReportFollowed, ReportLinkRenewed, ReportMerged, ReportSubmitted
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Case, Cause, Step
from shared.kernel.cases import Cases
from shared.kernel.failures import is_transient
from shared.kernel.fold import leave_batch
from shared.telemetry import current_traceparent, get_log
from shared.town import Town

PAGE = 100  # members of a case who are told in one go
ALONE_MOST = 5  # of a page, for whom it fails and who get a round of their own

M = TypeVar("M", Recipient, CaseFile)
log = get_log(__name__)


def concerns(event: Event, rules: Rules) -> bool:
    """Whether a file needs it: somebody could be told of it, or it says whose case it is, who holds it or who may know
    of it."""
    structural = (
        ReportSubmitted,
        ReportAmended,
        PermitSubmitted,
        ReportFollowed,
        ReportMerged,
        ReportLinkRenewed,
        WorkOrderEvent,
    )
    return isinstance(event, structural) or rules.speak_of(event.type)


def as_heard(event: Event, envelope: Envelope, town: Town) -> Heard:
    """The event as a file keeps it, with the trace that it is being handled in."""
    order = order_of(event, envelope.subject)
    return Heard(
        id=envelope.id,
        type=envelope.type,
        at=envelope.time,
        subject=envelope.subject,
        correlation_id=envelope.correlation_id,
        traceparent=current_traceparent() or envelope.traceparent,
        data=facts(event),
        team=_find_team(event, order, town),
        order=order,
    )


def _find_team(event: Event, order: str | None, town: Town) -> str | None:
    """Who holds it by what the event and the profile say; None: what the file knows."""
    if isinstance(event, PermitEvent):
        return event.team
    return (getattr(event, "team", None) or town.triage) if order else None  # work without a team is in triage


async def hear_event(desk: Desk, case_id: str, heard: Heard, event: Event | None, cause: Cause) -> CaseFile:
    """Put it into the file, then open what its owner and the offices are owed.

    Followers and merged reports are told by rounds: `timers.on_round_due` goes on with them.
    """

    def decide(file: CaseFile | None, cause: Cause) -> Step[CaseFile]:
        return Step(hear(file, heard, event, desk.profile.rules, cause.at, late=cause.late))

    case = await desk.store.files.step(case_id, decide, cause, is_new=heard.type in OPENING)
    file = case.state
    waited = heard.type in OPENING or heard.id == file.teamed_by
    older = await desk.store.read_older(case_id, file) if waited else ()
    profile = await _read_profile(desk, (heard, *older, *(file.heard if waited else ())))
    await desk.sender.send_owed(list_owed_at_once(case_id, file, heard, older, profile), case_id, file, cause)
    return file


async def _read_profile(desk: Desk, told: Sequence[Heard]) -> Profile:
    """The town's profile with whoever is away now. Read only where somebody else's place can be meant: most events are
    told to no office."""
    rules = desk.profile.rules
    if not any(rules.tells(audience, one.type, one.data) for one in told for audience in REPLACEABLE):
        return desk.profile
    return replace(desk.profile, deputies=deputies_in(desk.town, await desk.store.absences.list_marked()))


async def hear_followers(desk: Desk, event: ReportFollowed, envelope: Envelope, heard: Heard, cause: Cause) -> None:
    """Somebody follows: a recipient of their own, who is told of what has happened since."""
    leave_batch()  # who follows must be there for others before the file is read
    case_id = envelope.subject
    for party in event.parties:

        def decide(person: Recipient | None, _: Cause, party: str = party) -> Step[Recipient] | None:
            after = follow(person, case_id, party, heard)
            return Step(after) if after else None

        await desk.store.recipients.step(contact_key(case_id, party), decide, cause)
    known = await desk.store.files.get(case_id)
    # After the recipient: an event that comes in between finds them, or is found in the file.
    if known is None or not known.state.followed:
        file = await hear_event(desk, case_id, heard, event, cause)
    else:
        file = known.state
    for party in event.parties:
        person = await desk.store.find_person(case_id, party)
        if person:
            everything = await _read_everything(desk, case_id, file)
            await _tell_follower(desk, case_id, file, person, [*_list_coming(person), *everything], cause)


async def join_reports(desk: Desk, merged: str, merged_at: Heard, into: str, cause: Cause) -> None:
    """The people of a merged report are told how the other one goes on, also what came from there first."""
    known = await desk.store.files.get(into)
    if known is None or not known.state.absorbing:
        known = await desk.store.files.step(into, lambda file, _: Step(absorb(file)), cause)
    for one in await _read_everything(desk, into, known.state):
        if one.order and one.at >= merged_at.at:
            await _pass_on(desk, merged, one, cause)


async def tell_page(desk: Desk, case_id: str, name: str, cause: Cause) -> None:
    """The next page of a round; the round then stands behind it, or is over."""
    case = await desk.store.files.get(case_id)
    if case is None:
        return
    file, one = case.state, case.state.round(name)
    if one is None:  # it is over
        await desk.store.files.step(case_id, lambda _, __: None, cause)
        return
    heard = await _read_round(desk, case_id, file, one)
    if one.members == "followers":
        followers = await _read_page(desk.store.recipients, one, partial(desk.store.list_followers, case_id))
        opening = any(event.type in OPENING for event in heard)  # what waited for it, their own coming among it

        async def tell(who: Case[Recipient]) -> None:
            since = [*_list_coming(who.state), *heard] if opening else heard
            await _tell_follower(desk, case_id, file, who.state, since, cause)

        failed = await _tell_each(one, followers, tell)
        last = _find_last(followers)
    else:
        reports = await _read_page(desk.store.files, one, partial(desk.store.list_merged_into, case_id))
        failed = await _tell_each(one, reports, lambda report: _pass_on_all(desk, report, heard, cause))
        last = _find_last(reports)

    def decide(file: CaseFile | None, cause: Cause) -> Step[CaseFile] | None:
        after = turn_page(file, name, last, cause.at, failed) if file else None
        return Step(after) if after else None

    await desk.store.files.step(case_id, decide, cause)


async def _read_page(
    cases: Cases[M], one: Round, members: Callable[[str, int], Awaitable[list[Case[M]]]]
) -> list[Case[M]]:
    """Whom the round tells next."""
    if one.only is None:
        return await members(one.after, PAGE)
    found = await cases.get(one.only)
    return [found] if found else []


async def _tell_each(
    one: Round, members: Sequence[Case[M]], tell: Callable[[Case[M]], Awaitable[None]]
) -> Sequence[str]:
    """All of them side by side; the ids of those for whom it failed, who are tried again apart from the others.

    It fails as a whole when what it needs is away, when it is for one alone, or when so many fail that it is no fault
    of theirs: then a round for each would tell nobody, and only fill the file.
    """
    ends = await asyncio.gather(*(tell(member) for member in members), return_exceptions=True)
    failures = {member.id: end for member, end in zip(members, ends, strict=True) if end is not None}
    for failure in failures.values():
        if is_transient(failure) or one.only is not None or len(failures) > ALONE_MOST:
            raise failure
    for member, failure in failures.items():
        log.error("a member of a case is not told yet", extra={"member": member}, exc_info=failure)
    return list(failures)


def _find_last(page: list[Case[Recipient]] | list[Case[CaseFile]]) -> str | None:
    return page[-1].id if len(page) == PAGE else None


async def _read_round(desk: Desk, case_id: str, file: CaseFile, one: Round) -> list[Heard]:
    """The round's event; the case's own stands for everything before it, which has waited for it."""
    everything = await _read_everything(desk, case_id, file)
    found = [heard for heard in everything if heard.id == one.event_id]
    return everything if found and found[0].type in OPENING else found


async def _read_everything(desk: Desk, case_id: str, file: CaseFile) -> list[Heard]:
    return [*await desk.store.read_older(case_id, file), *file.heard]


def _list_coming(person: Recipient) -> Sequence[Heard]:
    return [person.came] if person.came else []


async def _tell_follower(
    desk: Desk, case_id: str, file: CaseFile, person: Recipient, heard: Iterable[Heard], cause: Cause
) -> None:
    concerned = (one for one in heard if person.follows(one.at))
    owed = list_owed_to_follower(case_id, person.party, file, concerned, desk.profile)
    await desk.sender.send_owed(owed, case_id, file, cause)


async def _pass_on_all(desk: Desk, report: Case[CaseFile], heard: Iterable[Heard], cause: Cause) -> None:
    for one in heard:
        if report.state.merged_at is None or one.at >= report.state.merged_at:
            await _pass_on(desk, report.id, one, cause)


async def _pass_on(desk: Desk, report: str, one: Heard, cause: Cause) -> None:
    passed_on = one.model_copy(update={"passed_on": True})
    await hear_event(desk, report, passed_on, None, Cause(one.id, one.correlation_id, cause.at))
