"""What a person does to a work order, whether by the API or by a page: once per request, by those who may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.domain import (
    agency_work,
    checking,
    colleagues,
    crew_work,
    desk_work,
    pausing,
    priority,
    referring,
    splitting,
)
from services.dispatch.domain.acts import in_order, need_unmoved
from services.dispatch.domain.adopted import as_it_was_done, need_adoptable, note_adopted, note_overtaken, put_aside
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.history import Acting, Actor, Overtaken
from services.dispatch.domain.rights import had, need_own, need_right, need_sight
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import LATE_KEPT, WorkOrder
from services.dispatch.photo_store import Photo, photo_id
from services.dispatch.store import Store
from shared.files.pictures import Sizes, develop
from shared.kernel import Case, Cause, Reject, Step, fingerprint, now
from shared.kernel.trail import Line
from shared.people import Person
from shared.references import read_reference
from shared.town import Town

SIZES = Sizes(side=1600)  # px, enough to see a repair, some 300 kB


OVERTAKEN = ("stale-action", "other-team", "with-colleague")  # refused because the work has moved on


@dataclass(frozen=True)
class Desk:
    """What a use case of dispatch is given: where work is kept, and the town by whose rules it is decided."""

    store: Store
    town: Town


@dataclass(frozen=True)
class ActRequest:
    """How an act came: `key` the client's own for a repeated request, `standing` the order's when it was decided."""

    key: str | None = None
    standing: str | None = None


@dataclass(frozen=True)
class Decision:
    """What is said with an act, and what the domain is asked then; `looked_up`: it wants to know who `person` is."""

    body: type[Body]
    decide: Callable[..., Step[WorkOrder]]
    looked_up: bool = False


def _adopt(town: Town, order: WorkOrder, acting: Acting, *, step: str) -> Step[WorkOrder]:
    """What came too late is done after all: finished work as its crew did it, anything else by the desk and now."""
    line, overtaken = need_adoptable(order, step)
    decision = DECISIONS[overtaken.act]
    try:
        words = decision.body.model_validate(overtaken.brought).words()
    except ValidationError:
        raise Reject("overtaken-not-now", "It was kept by a release that says such a step in other words.") from None
    noted = note_adopted(town, order, acting, line, overtaken)
    if overtaken.act == "complete":
        return crew_work.conclude(town, noted, as_it_was_done(order, acting, line), crew_work.DoneWork(**words))
    return decision.decide(town, noted, acting, **words)


DECISIONS: Mapping[ActName, Decision] = {
    "acknowledge": Decision(bodies.Acknowledge, crew_work.acknowledge),
    "start": Decision(bodies.Start, crew_work.start),
    "pause": Decision(bodies.Pause, pausing.pause),
    "resume": Decision(bodies.Resume, pausing.resume),
    "complete": Decision(bodies.Complete, crew_work.complete),
    "refuse": Decision(bodies.Refuse, crew_work.refuse),
    "refer": Decision(bodies.Refer, referring.refer),
    "take_back": Decision(bodies.TakeBack, referring.take_back),
    "tell_agency": Decision(bodies.TellAgency, referring.tell_agency),
    "agency_receive": Decision(bodies.AgencyReceive, agency_work.receive),
    "agency_answer": Decision(bodies.AgencyAnswer, agency_work.answer),
    "agency_ask": Decision(bodies.AgencyAsk, agency_work.ask),
    "agency_decline": Decision(bodies.AgencyDecline, agency_work.decline),
    "agency_done": Decision(bodies.AgencyDone, agency_work.report_done),
    "take": Decision(bodies.Take, colleagues.take),
    "give": Decision(bodies.Give, colleagues.give, looked_up=True),
    "drop": Decision(bodies.Drop, colleagues.drop),
    "assign": Decision(bodies.Assign, desk_work.assign, looked_up=True),
    "split": Decision(bodies.Split, splitting.split),
    "verify": Decision(bodies.Verify, checking.verify),
    "send_back": Decision(bodies.SendBack, checking.send_back),
    "prioritise": Decision(bodies.Prioritise, priority.prioritise),
    "cancel": Decision(bodies.Cancel, desk_work.cancel),
    "adopt": Decision(bodies.Adopt, _adopt),
    "put_aside": Decision(bodies.PutAside, put_aside),
}


def decide(
    town: Town, order: WorkOrder, act: ActName, acting: Acting, body: Body, member: Member | None = None
) -> Step[WorkOrder]:
    """What the domain makes of it when somebody says this; `member`: who the `person` of the body is."""
    decision = DECISIONS[act]
    looked_up = {"member": member} if decision.looked_up else {}
    return decision.decide(town, order, acting, **body.words(), **looked_up)


def read_typed_reference(town: Town, typed: str | None) -> str | None:
    """The case that is asked about, however its reference was typed; None: all. Text that is no reference
    matches nothing."""
    said = (typed or "").strip()
    return read_reference(town.reference_prefix, said) or said or None


async def get_order(desk: Desk, who: Person, order_id: str) -> Case[WorkOrder]:
    """A work order that this person may see; 404 or 403."""
    case = await desk.store.orders.get(order_id)
    if case is None:
        raise Reject("unknown-case", "There is no such work.", status=404)
    need_sight(who, case.state)
    return case


async def act_on_order(
    desk: Desk, who: Person, order_id: str, act: ActName, body: Body, asked: ActRequest = ActRequest()
) -> Case[WorkOrder]:
    """One act; the same key again gives the same answer, and with another body it is refused.

    What happened on a device that was out of reach, and is overtaken by now, is kept whole in the history and
    refused. The relay tells intake (the report's timeline) and notify what came of it.
    """
    need_right(who, act)
    photos = [*body.before, *body.photos] if isinstance(body, bodies.Complete) else []
    names = await _need_photos(desk.store, order_id, photos)
    named = getattr(body, "person", None)
    member = await desk.store.crews.find(named) if named else None
    await desk.store.crews.note(who, now())
    scope = f"{who.sub}|{order_id}|{act}"
    content, happened_at = fingerprint(body), body.happened_at
    cause = Cause.request(key=asked.key, scope=scope, content=content, happened_at=happened_at, by=who, act=act)

    def step(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if order is None:
            return None
        acting = Acting(Actor(sub=who.sub, name=who.name), cause.at, cause.happened_at, who.team)
        try:
            _check(who, order, act, asked)
            return decide(desk.town, order, act, in_order(order, acting), body, member)
        except Reject as refusal:
            if not _is_overtaken(who, order, body, refusal):
                raise
            late = Overtaken(id=cause.id, team=who.team, act=act, brought=_dump_said(body))
            noted = note_overtaken(order, acting, late)
            return Step(_remember_late(noted, cause.id, refusal.detail))

    case = await desk.store.orders.step(order_id, step, cause)
    await desk.store.photos.name(names)
    if why := case.state.came_late.get(cause.id):
        raise Reject("came-late", f"{why} It is kept in the history and changed nothing.")
    return case


def _check(who: Person, order: WorkOrder, act: ActName, asked: ActRequest) -> None:
    """Whether this person may do it to the work as it is."""
    need_sight(who, order)
    need_own(who, order, act)
    if asked.standing:
        need_unmoved(order, asked.standing)


def _is_overtaken(who: Person, order: WorkOrder, body: Body, refusal: Reject) -> bool:
    """Whether the work had moved on when this was heard of; said only by those who had a right to do it then.

    By whether a device told a time, not by whether that can be right: a wrong clock must not lose what was done.
    """
    return body.happened_at is not None and had(who, order) and refusal.code in OVERTAKEN


async def add_photo(desk: Desk, who: Person, order_id: str, raw: bytes) -> str:
    """Keep a photo of the work; returns its path under the town's origin. Also of work that another team has by now: it
    shows what was done before that was known."""
    case = await desk.store.orders.get(order_id)
    if case is None or not had(who, case.state):
        case = await get_order(desk, who, order_id)  # says why not
    order = case.state
    picture = await develop(raw, SIZES)
    name = photo_id(order_id, picture.jpeg)
    sent = Line(name, now(), None, order_id, order.reference, "photo", who)
    await desk.store.trail.add(desk.store.orders.name, sent)
    await desk.store.photos.save(Photo(name, order_id, picture.jpeg))
    return photo_path(order_id, name)


def photo_path(order_id: str, name: str) -> str:
    """The address of a photo of the work; who may see it is decided where it is answered."""
    return f"/api/v1/work-orders/{order_id}/photos/{name}"


async def _need_photos(store: Store, order_id: str, paths: list[str]) -> list[str]:
    """Their names. A completion shows only photos that were sent for this work; 422 names the ones that were not."""
    names = [path.removeprefix(photo_path(order_id, "")) for path in paths]
    if names and (missing := await store.photos.list_missing(order_id, names)):
        raise Reject("unknown-photo", f"No photo of this work, send it first: {', '.join(missing)}", status=422)
    return names


def _dump_said(body: Body) -> dict[str, Any]:
    """All that was said with a step, so that its body can be made of it again."""
    said = body.model_dump(mode="json", exclude={"happened_at"}, exclude_none=True)
    return {name: value for name, value in said.items() if value != []}


def _remember_late(order: WorkOrder, cause_id: str, why: str) -> WorkOrder:
    newest = dict([*order.came_late.items()][-(LATE_KEPT - 1) :]) | {cause_id: why}
    return order.model_copy(update={"came_late": newest})
