"""What a person does to a work order, whether by the API or by a page: once per request, by those who may."""

from collections.abc import Callable
from datetime import datetime

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.domain import crew_work, desk_work
from services.dispatch.domain.allowed import still
from services.dispatch.domain.work_order import REQUESTS_KEPT, Actor, WorkOrder
from services.dispatch.photos import cleaned, photo_id
from services.dispatch.store import Photo, Store
from shared.kernel import Case, Cause, Reject, Step, fingerprint
from shared.references import read_reference
from shared.town import Town
from shared.web import Person, Problem, team_of

Decision = Callable[[WorkOrder, Actor, datetime], Step[WorkOrder]]

DESK = ("officer", "supervisor")  # may see and do everything; a crew only what its own team holds


def sees_all(who: Person) -> bool:
    """Not bound to one team."""
    return who.may(*DESK)


def teams_of(town: Town, who: Person, asked: str | None) -> list[str]:
    """Whose work this person may list; empty: everybody's. 403 for a crew without a team or that asks for another's."""
    if sees_all(who):
        return [asked] if asked else []
    own = team_of(who, town.teams)
    if asked not in (None, own):
        raise Problem(403, "other-team", detail_args={"team": town.teams[own].name})
    return [own]


def reference_of(town: Town, typed: str | None) -> str | None:
    """The case that is asked about, however its reference was typed; None: all. What is none finds nothing."""
    said = (typed or "").strip()
    return read_reference(town.reference_prefix, said) or said or None


def may_open(who: Person, order: WorkOrder) -> None:
    """403 when the work is another team's."""
    if not sees_all(who) and who.team != order.team:
        detail = f"The work is with {order.team} now, you belong to {who.team or 'no team'}."
        raise Reject("other-team", detail, status=403)


def decision(town: Town, body: Body) -> Decision:
    """What the domain is asked when somebody says this."""
    match body:
        case bodies.Acknowledge():
            return lambda order, by, at: crew_work.acknowledge(town, order, by, at)
        case bodies.Start(stage=stage):
            return lambda order, by, at: crew_work.set_out(town, order, by, at, stage)
        case bodies.Pause():
            planned = body.model_dump()
            return lambda order, by, at: crew_work.pause(town, order, by, at, **planned)
        case bodies.Resume():
            return lambda order, by, at: crew_work.resume(town, order, by, at)
        case bodies.Complete():
            said = body.model_dump()
            return lambda order, by, at: crew_work.complete(town, order, by, at, **said)
        case bodies.Refuse(reason=reason):
            return lambda order, by, at: crew_work.refuse(town, order, by, at, reason)
        case bodies.Refer():
            news = body.model_dump()
            return lambda order, by, at: desk_work.refer(town, order, by, at, **news)
        case bodies.Assign(team=team, reason=why):
            return lambda order, by, at: desk_work.assign(town, order, by, at, team, why)
        case bodies.Cancel(outcome=outcome, reason=reason):
            return lambda order, by, at: desk_work.cancel(town, order, by, at, outcome, reason)
    raise AssertionError(f"no decision belongs to {type(body).__name__}")


async def do(store: Store, town: Town, who: Person, order_id: str, body: Body, key: str | None,
             seen: str | None = None) -> Case[WorkOrder]:  # fmt: skip
    """One action; the same `key` again gives the same answer, and with another body it is refused.

    `seen`: how the work stood for who decided this; when it does not stand so any more, nothing is done.
    """
    if isinstance(body, bodies.Complete):
        await _check_photos(store, order_id, body.photos)
    cause = Cause.request(key=key, scope=f"{who.sub}|{order_id}|{type(body).__name__}")
    digest = fingerprint(body)
    actor = Actor(sub=who.sub, name=who.name)
    decide = decision(town, body)

    def step(order: WorkOrder | None, c: Cause) -> Step[WorkOrder] | None:
        if order is None:
            return None
        may_open(who, order)
        if seen:
            still(order, seen)
        decided = decide(order, actor, c.at)
        return _remembered(decided, c.id, digest) if key else decided

    case = await store.orders.step(order_id, step, cause)
    if case.repeated and case.state.requests.get(cause.id, digest) != digest:
        raise Reject("idempotency-key-reused", "This Idempotency-Key was used for a different request.", status=422)
    return case


async def find(store: Store, who: Person, order_id: str) -> Case[WorkOrder]:
    """A work order that this person may see; 404 or 403."""
    case = await store.orders.get(order_id)
    if case is None:
        raise Problem(404, "unknown-case")
    may_open(who, case.state)
    return case


async def add_photo(store: Store, who: Person, order_id: str, raw: bytes) -> str:
    """Keep a photo of the work; returns its path under the town's origin."""
    await find(store, who, order_id)
    content = await cleaned(raw)
    name = photo_id(order_id, content)
    await store.keep_photo(Photo(name, order_id, content))
    return photo_path(order_id, name)


async def _check_photos(store: Store, order_id: str, paths: list[str]) -> None:
    """A completion shows only photos that were sent for this work; 422 names the one that was not."""
    for path in paths:
        prefix, _, name = path.rpartition("/")
        if f"{prefix}/" != photo_path(order_id, "") or await store.photo(order_id, name) is None:
            raise Reject("unknown-photo", f"{path} is no photo of this work; send it first.", status=422)


def photo_path(order_id: str, name: str) -> str:
    """Where a photo is seen."""
    return f"/api/v1/work-orders/{order_id}/photos/{name}"


def _remembered(step: Step[WorkOrder], cause_id: str, digest: str) -> Step[WorkOrder]:
    kept = dict([*step.state.requests.items()][-(REQUESTS_KEPT - 1) :]) | {cause_id: digest}
    return Step(step.state.model_copy(update={"requests": kept}), step.events)
