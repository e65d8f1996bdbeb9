"""Whether a report is one of several: it joins a live incident near it, or is counted with its like and proposed.

One report asks for the live incidents of its category (few, and bounded) and for those like it that belong to nothing
yet (an index of their own holds only these, and as many as the town's rule asks for become a proposal): what it costs
does not depend on how many reports an incident has. It looks after it was saved itself, so of several that come at once
the last to look sees all of them; two that count the same meet at the category's `Lookout`, and make one incident.
Whoever looks is proposed last: until then it looks again, also after a crash, and takes the others with it.
"""

from collections.abc import Callable, Sequence
from functools import partial

from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course, membership, vicinity
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.membership import Member, Membership, member_of
from services.dispatch.domain.vicinity import Lookout, Proposed, admits, list_alike, propose_incident
from services.dispatch.incident_store import lookout_id
from services.dispatch.joins import tell_missed
from shared.events.ids import derive_id
from shared.kernel import Case, Cause, Step
from shared.town.work import IncidentRule


async def look_around(desk: Desk, case: Case[Membership], cause: Cause) -> bool:
    """Whether it found what it belongs to; then its membership was stepped by `cause`."""
    category = desk.town.categories.get(case.state.category)
    member = member_of(case.id, case.state)
    if category is None or category.incident is None or member is None:
        return False
    live = await desk.store.find_live(member.category)
    said = case.state.said
    chosen = next((one for one in live if admits(one.state, member, category.incident, said=one.id == said)), None)
    if chosen is not None:
        if chosen.state.state == "proposed":
            await _take_along(desk, chosen, member, category.incident, cause)
        await _take_in(desk, chosen, member, cause)
        return True
    others = await desk.store.find_alone(member, category.incident)
    found = list_alike(member, others, category.incident)
    if len(found) < category.incident.reports:
        return False
    return await _propose(desk, found, category.incident, member, cause)


async def _take_in(desk: Desk, chosen: Case[Incident], member: Member, cause: Cause) -> None:
    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return membership.join(before, member, chosen.id, chosen.state, cause.at)

    joined = await desk.store.memberships.step(member.report, decide, cause)
    await tell_missed(desk, chosen.id, chosen.state.fact, joined, cause)


async def _take_along(desk: Desk, chosen: Case[Incident], member: Member, rule: IncidentRule, cause: Cause) -> None:
    """Those that were counted with it when it was proposed, and have not heard so: a process died in between. They have
    looked around already, and would not again."""
    others = await desk.store.find_alone(member, rule, looking=False)
    for one in list_alike(member, others, rule):
        if one != member and admits(chosen.state, one, rule):
            await _take_in(desk, chosen, one, cause)


async def _propose(desk: Desk, found: Sequence[Member], rule: IncidentRule, own: Member, cause: Cause) -> bool:
    lead = await _first_open(desk, found)
    if lead is None:
        return False
    incident = propose_incident(found, lead, rule, cause.at)
    incident_id = await _enter(desk, incident, derive_id(lead.report, "incident", lead.category), rule)
    begun = await desk.store.incidents.step(incident_id, partial(_begin, incident), cause)
    for member in [*(one for one in found if one != own), own]:

        def decide(before: Membership | None, _: Cause) -> Step[Membership] | None:
            return membership.propose(before, incident_id, looks=member == own)  # noqa: B023

        case = await desk.store.memberships.step(member.report, decide, cause)
        await tell_missed(desk, incident_id, 0, case, cause)
    return begun.id == incident_id and own in found


def _begin(incident: Incident, before: Incident | None, _: Cause) -> Step[Incident] | None:
    return incident_course.begin(incident) if before is None else None


async def _enter(desk: Desk, incident: Incident, incident_id: str, rule: IncidentRule) -> str:
    """The incident that these reports are proposed for: another's, where one was proposed nearby and is not over."""
    place = vicinity.where_is(incident)
    new = Proposed(incident=incident_id, latitude=place.latitude, longitude=place.longitude, zone=place.zone)
    lookout = lookout_id(incident.category)
    over: set[str] = set()
    while True:
        enter = partial(vicinity.enter, new=new, rule=rule, over=frozenset(over))
        case = await desk.store.lookouts.step(lookout, partial(_step_lookout, enter), Cause.request())
        entered = vicinity.already_proposed(case.state, new, rule, frozenset(over)) or new.incident
        known = await desk.store.incidents.get(entered)
        if known is None or not known.state.is_over:
            return entered
        over.add(entered)
        if entered == new.incident:  # of the same report, long ago
            new = new.model_copy(update={"incident": derive_id(entered, "again")})


def _step_lookout(
    enter: Callable[[Lookout | None], Lookout | None], before: Lookout | None, _: Cause
) -> Step[Lookout] | None:
    after = enter(before)
    return Step(after) if after else None


async def _first_open(desk: Desk, found: Sequence[Member]) -> Member | None:
    """The oldest report whose own work is not over: its work order does the work."""
    for member in found:
        case = await desk.store.orders.get(member.work_order)
        if case is not None and case.state.is_open:
            return member
    return None
