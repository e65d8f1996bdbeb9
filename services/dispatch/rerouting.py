"""Routes open work anew after a rule of the town was mended, as an operator asks; the officers' own way is `assign`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.dispatch.commands import Desk
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.rerouting import is_untouched, leads_elsewhere, reroute
from services.dispatch.domain.routing import Routed, route
from services.dispatch.domain.states import UNSEEN
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import add_earlier, facts_of_order
from shared.kernel import Case, Cause, Step
from shared.people import Person

PAGE = 200  # work orders read at once


@dataclass(frozen=True)
class Misrouted:
    """Work that today's rules send elsewhere."""

    case: Case[WorkOrder]
    routed: Routed


async def find_misrouted(
    desk: Desk, reference: str | None = None, category: str | None = None, team: str | None = None
) -> AsyncIterator[Misrouted]:
    """Of the work that nobody has in hand, the newest first; of one report, of one category, with one team, or all."""
    wanted = Filter(teams=(team,) if team else (), states=UNSEEN, category=category, reference=reference)
    after: str | None = None
    while page := await desk.store.list_newest(wanted, after, PAGE):
        for case in page:
            routed = await _route(desk, case.state)
            if is_untouched(case.state) and leads_elsewhere(case.state, routed):
                yield Misrouted(case, routed)
        after = page[-1].id


async def reroute_order(desk: Desk, who: Person, order_id: str, reason: str) -> bool:
    """Whether it went elsewhere: somebody may have taken it meanwhile. The teams hear of it as of any hand-over."""
    case = await desk.store.orders.get(order_id)
    if case is None:
        return False
    facts = await add_earlier(desk, facts_of_order(desk.town, case.state), case.state.report.id)
    cause = Cause.request(by=who, act="reroute")
    moved: list[bool] = []

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        acting = Acting(Actor(sub=who.sub, name=who.name), cause.at)
        step = reroute(desk.town, order, facts, acting, reason) if order else None
        moved[:] = [step is not None]
        return step

    await desk.store.orders.step(order_id, decide, cause)
    return moved[0]


async def _route(desk: Desk, order: WorkOrder) -> Routed:
    return route(desk.town, await add_earlier(desk, facts_of_order(desk.town, order), order.report.id))
