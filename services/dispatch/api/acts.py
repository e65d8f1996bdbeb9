"""The acts on work: one route each, made from their table; each answers the order as it is now.

`Idempotency-Key` is optional. So is `If-Match` with the `standing` on which the act was decided: when another has moved
the work meanwhile it is refused with 409, and the answer says who did what.
"""

from typing import Any

from fastapi import APIRouter, Body

from services.dispatch.access import Key, Officer, Standing, TheDesk, Worker
from services.dispatch.api.views import Detail, describe
from services.dispatch.commands import DECISIONS, ActRequest, act_on_order
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.states import ActName

router = APIRouter(prefix="/api/v1/work-orders/{order_id}", tags=["work orders"])


def _add_route(name: ActName) -> None:
    """`POST …/<act>`; a body is needed only where something must be said."""
    said = DECISIONS[name].body
    silent = not any(field.is_required() for field in said.model_fields.values())

    given: Any = Body(default=None) if silent else Body()

    async def act(
        order_id: str, desk: TheDesk, who: Worker, key: Key, standing: Standing = None, body: Any = given
    ) -> Detail:
        return describe(await act_on_order(desk, who, order_id, name, body or said(), ActRequest(key, standing)))

    act.__annotations__ |= {
        "who": Officer if ACTS[name].by == "desk" else Worker,
        "body": said | None if silent else said,
    }
    router.add_api_route(f"/{name}", act, methods=["POST"], name=name, description=said.__doc__)


for _name in ACTS:
    _add_route(_name)
