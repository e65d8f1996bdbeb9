"""What every route of dispatch needs: the desk with its store and town, the stream, and a client's key."""

from typing import Annotated, cast

from fastapi import Depends, Header, Request

from services.dispatch.commands import Desk
from services.dispatch.stream import Stream
from shared.web import idempotency_key


def _desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


def stream_of(request: Request) -> Stream:
    """The live stream of this process."""
    return cast(Stream, request.app.state.stream)


def _seen(given: Annotated[str | None, Header(alias="If-Match", max_length=200)] = None) -> str | None:
    return given.strip().removeprefix("W/").strip('"') if given else None


TheDesk = Annotated[Desk, Depends(_desk)]
TheStream = Annotated[Stream, Depends(stream_of)]
Seen = Annotated[str | None, Depends(_seen)]  # the standing on which an act was decided, quoted as an entity tag is
Key = Annotated[str | None, Depends(idempotency_key)]
