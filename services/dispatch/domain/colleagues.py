"""Who of a team has the work: a member takes or drops it, and the team's lead or the desk gives it to one of them."""

from dataclasses import dataclass

from services.dispatch.domain.acts import need, with_colleague
from services.dispatch.domain.crew_work import see
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Assignee
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.work_orders import WorkOrderDropped, WorkOrderTaken
from shared.kernel import Reject, Step
from shared.town import Town


@dataclass(frozen=True)
class Member:
    """One of a crew, as their last sign-in said it."""

    sub: str
    name: str
    team: str


def take(town: Town, order: WorkOrder, acting: Acting, *, instead_of: str | None = None) -> Step[WorkOrder]:
    """It is mine. Where a colleague has it only with their subject id as `instead_of`: who takes over says that they
    know. Whoever takes what the team has not taken yet has seen it for the team."""
    need(order, "take")
    if acting.by is None or acting.team != order.team:
        raise Reject("not-of-the-team", "Only a member of the team that has the work can take it.", status=403)
    me = Assignee(**acting.by.model_dump())
    if order.person is not None and order.person.sub == me.sub:
        return Step(order)  # what somebody wants is so: setting out makes the work theirs as well
    if order.person is not None and order.person.sub != instead_of:
        raise with_colleague(order)
    after, events = see(town, order, acting)
    after = change(after, "taken", acting, facts=_note_instead(order), person=me)
    return Step(after, [*events, WorkOrderTaken(**list_common_fields(town, after, acting))])


def give(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    person: str,
    instead_of: str | None = None,
    member: Member | None = None,
) -> Step[WorkOrder]:
    """To one of the team that has it; `member` is who that is, as far as the town knows. They have not seen it yet, so
    it is not taken for the team."""
    need(order, "give")
    if order.person is not None and instead_of is not None and order.person.sub != instead_of:
        raise with_colleague(order)
    if order.person is not None and order.person.sub == person:
        raise Reject("has-it-already", f"{order.person.shown} has it already.")
    given = need_member(order.team, person, member)
    after = change(order, "given", acting, facts={"to": given.shown, **_note_instead(order)}, person=given)
    return Step(after, [WorkOrderTaken(**list_common_fields(town, after, acting))])


def drop(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """Nobody has it alone any more; it stays the team's, as far as it is."""
    need(order, "drop")
    after = change(order, "dropped", acting, facts=_note_instead(order), person=None)
    return Step(after, [WorkOrderDropped(**list_common_fields(town, after, acting))])


def need_member(team: str, person: str, member: Member | None) -> Assignee:
    """422 when that is nobody of the team; names come from the sign-in, never from whoever gives the work."""
    if member is None or member.sub != person or member.team != team:
        raise Reject("unknown-member", f"{person} has not signed in as one of {team}.", status=422)
    return Assignee(sub=member.sub, name=member.name)


def _note_instead(order: WorkOrder) -> dict[str, str]:
    return {"from": order.person.shown} if order.person else {}
