"""What every route of dispatch needs: the store, the town, who asks."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.dispatch.commands import DESK
from services.dispatch.store import Store
from services.dispatch.stream import Stream
from shared.town import Town
from shared.web import Person, idempotency_key, staff, web_of


def _store(request: Request) -> Store:
    return cast(Store, request.app.state.store)


def _stream(request: Request) -> Stream:
    return cast(Stream, request.app.state.stream)


def _town(request: Request) -> Town:
    return web_of(request).town


TheStore = Annotated[Store, Depends(_store)]
TheStream = Annotated[Stream, Depends(_stream)]
TheTown = Annotated[Town, Depends(_town)]
Worker = Annotated[Person, Depends(staff("crew", *DESK))]
Officer = Annotated[Person, Depends(staff(*DESK))]
Key = Annotated[str | None, Depends(idempotency_key)]
