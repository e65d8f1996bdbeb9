"""The steps of the work: one route each, `Idempotency-Key` is optional; each answers the order as it is now."""

from fastapi import APIRouter

from services.dispatch import bodies
from services.dispatch.api.context import Key, Officer, TheStore, TheTown, Worker
from services.dispatch.api.views import Detail, detail
from services.dispatch.commands import do

router = APIRouter(prefix="/api/v1/work-orders/{order_id}", tags=["work orders"])


@router.post("/acknowledge")
async def acknowledge(order_id: str, store: TheStore, town: TheTown, who: Worker, key: Key,
                      body: bodies.Acknowledge | None = None) -> Detail:  # fmt: skip
    """The team takes it."""
    return detail(await do(store, town, who, order_id, body or bodies.Acknowledge(), key))


@router.post("/start")
async def start(order_id: str, store: TheStore, town: TheTown, who: Worker, key: Key,
                body: bodies.Start | None = None) -> Detail:  # fmt: skip
    """Set out, or arrive."""
    return detail(await do(store, town, who, order_id, body or bodies.Start(), key))


@router.post("/pause")
async def pause(order_id: str, body: bodies.Pause, store: TheStore, town: TheTown, who: Worker, key: Key) -> Detail:
    """The work waits; without a plan until the next opening after a day."""
    return detail(await do(store, town, who, order_id, body, key))


@router.post("/resume")
async def resume(order_id: str, store: TheStore, town: TheTown, who: Worker, key: Key,
                 body: bodies.Resume | None = None) -> Detail:  # fmt: skip
    """Work goes on where it was."""
    return detail(await do(store, town, who, order_id, body or bodies.Resume(), key))


@router.post("/complete")
async def complete(order_id: str, store: TheStore, town: TheTown, who: Worker, key: Key,
                   body: bodies.Complete | None = None) -> Detail:  # fmt: skip
    """Done, with the proof that the category asks for; in triage: the answer to a suggestion or a question."""
    return detail(await do(store, town, who, order_id, body or bodies.Complete(), key))


@router.post("/refuse")
async def refuse(order_id: str, body: bodies.Refuse, store: TheStore, town: TheTown, who: Worker, key: Key) -> Detail:
    """Not this team's: back to triage. The crew that refused cannot see it afterwards."""
    return detail(await do(store, town, who, order_id, body, key))


@router.post("/refer")
async def refer(order_id: str, body: bodies.Refer, store: TheStore, town: TheTown, who: Worker, key: Key) -> Detail:
    """To an agency outside the town, or news from it."""
    return detail(await do(store, town, who, order_id, body, key))


@router.post("/assign")
async def assign(order_id: str, body: bodies.Assign, store: TheStore, town: TheTown, who: Officer, key: Key) -> Detail:
    """To a team, at any time."""
    return detail(await do(store, town, who, order_id, body, key))


@router.post("/cancel")
async def cancel(order_id: str, body: bodies.Cancel, store: TheStore, town: TheTown, who: Officer, key: Key) -> Detail:
    """No work after all."""
    return detail(await do(store, town, who, order_id, body, key))
