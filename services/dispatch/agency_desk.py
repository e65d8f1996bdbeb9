"""What an agency does with the work that was referred to it: at its board, or once by the link of a message.

Whoever comes by a link has no account: what they say is said by the agency, and written down so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import DECISIONS, ActRequest, Desk
from services.dispatch.domain.acts import in_order
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from shared.agency_links import AnswerLink
from shared.kernel import Case, Cause, Reject, Step, fingerprint, now
from shared.people import AGENCY, Person
from shared.town import Town

SAID: Mapping[ActName, type[Body]] = {
    "agency_receive": bodies.AgencyReceive,
    "agency_answer": bodies.AgencyAnswer,
    "agency_ask": bodies.AgencyAsk,
    "agency_decline": bodies.AgencyDecline,
    "agency_done": bodies.AgencyDone,
}


async def find_referral(desk: Desk, agency: str, order_id: str) -> Case[WorkOrder]:
    """Work that was referred to this agency; of any other it is not even told that it is there."""
    case = await desk.store.orders.get(order_id)
    if case is None or case.state.referral is None or not case.state.referral.is_for(agency):
        raise Reject("unknown-case", "There is no such work.", status=404)
    return case


async def act_as_agency(
    desk: Desk, who: Person, agency: str, order_id: str, act: ActName, body: Body, asked: ActRequest
) -> Case[WorkOrder]:
    """What somebody of the agency says who has signed in. Of work that has come back it is kept, and moves nothing."""
    await find_referral(desk, agency, order_id)
    scope = f"{who.sub}|{order_id}|{act}"
    cause = Cause.request(
        key=asked.key, scope=scope, content=fingerprint(body), happened_at=body.happened_at, by=who, act=act
    )

    def step(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if order is None or order.referral is None or not order.referral.is_for(agency):
            raise Reject("unknown-case", "There is no such work.", status=404)
        return _decide_answer(desk.town, order, who, act, body, cause)

    return await desk.store.orders.step(order_id, step, cause)


@dataclass(frozen=True)
class Opened:
    """What a link has opened; `refusal`: why nothing can be said by it (any more), as a code."""

    case: Case[WorkOrder]
    link: AnswerLink
    refusal: str | None = None
    is_over: bool = False

    @property
    def is_shown(self) -> bool:
        """The work itself: to whoever may answer, and to who has, until the link's time is over."""
        return not self.is_over and self.refusal in (None, "link-used")


async def open_link(desk: Desk, link: AnswerLink, at: datetime) -> Opened:
    """The work that a link is about, and whether it still takes an answer; 404 when the agency never had it."""
    case = await find_referral(desk, link.agency, link.order_id)
    return Opened(case, link, _why_not(case.state, link, at), link.is_over(at))


async def answer_by_link(desk: Desk, link: AnswerLink, act: ActName, body: Body) -> Case[WorkOrder]:
    """The one answer that the link takes; the same form again is the same answer."""
    who = link_person(desk.town, link.agency)
    opened = await open_link(desk, link, now())
    if not opened.is_shown:  # before it is known whether the same was said already: a link that is over says nothing
        raise Reject(opened.refusal or "link-over", "This link takes no answer any more.")
    cause = Cause.request(
        key=f"link-{link.number}", scope=f"{who.sub}|{link.order_id}|{act}", content=fingerprint(body), by=who, act=act
    )

    def step(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if order is None:
            return None
        if why := _why_not(order, link, cause.at):
            raise Reject(why, "This link takes no answer any more.")
        return _decide_answer(desk.town, order, who, act, body, cause)

    return await desk.store.orders.step(link.order_id, step, cause)


def link_person(town: Town, agency: str) -> Person:
    """Whoever comes by a link of the agency's, as the history and the trail name them."""
    name = town.agency_name(agency, town.languages[0])
    return Person(sub=f"{AGENCY}-{agency}", name=name, roles=frozenset({AGENCY}), agency=agency)


def _why_not(order: WorkOrder, link: AnswerLink, at: datetime) -> str | None:
    referral = order.referral
    if referral is None or referral.agency != link.agency or referral.status == "taken_back":
        return "link-moved"
    if referral.link_used >= link.number:
        return "link-used"
    if referral.link != link.number:
        return "link-older"
    return "link-over" if link.is_over(at) else None


def _decide_answer(
    town: Town, order: WorkOrder, who: Person, act: ActName, body: Body, cause: Cause
) -> Step[WorkOrder]:
    acting = Acting(Actor(sub=who.sub, name=who.name), cause.at, cause.happened_at)
    words = body.words()
    try:
        return DECISIONS[act].decide(town, order, in_order(order, acting) if acting.happened_at else acting, **words)
    except Reject as error:
        if error.code != "stale-action":
            raise
        # What it says to the town's own people names who of them moved it.
        raise Reject(error.code, f"The work has moved on: it is {order.state}.", status=error.status) from error
