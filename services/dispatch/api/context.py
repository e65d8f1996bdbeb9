"""What every route of dispatch needs: the desk with its store and town, the stream, and a client's key."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.dispatch.commands import Desk
from services.dispatch.stream import Stream
from shared.web import idempotency_key


def _desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


def stream_of(request: Request) -> Stream:
    """The live stream of this process."""
    return cast(Stream, request.app.state.stream)


TheDesk = Annotated[Desk, Depends(_desk)]
TheStream = Annotated[Stream, Depends(stream_of)]
Key = Annotated[str | None, Depends(idempotency_key)]
