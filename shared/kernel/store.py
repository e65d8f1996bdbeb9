"""What the kernel needs of a database, however it keeps its cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from shared.kernel.beside import Key, Older
from shared.kernel.moments import Moment
from shared.kernel.outbox import Entry
from shared.kernel.write import Stored, Write

S = TypeVar("S", bound=BaseModel)


class Store(Protocol[S]):
    """What the kernel needs of a database; `mongo.py` is the real one."""

    def moments(self, state: S) -> Sequence[Moment]: ...

    async def load(self, ids: Sequence[str]) -> Sequence[Stored[S] | BaseException]: ...

    async def save(self, writes: Sequence[Write[S]]) -> Sequence[BaseException | None]: ...

    async def move(self, items: Sequence[Older]) -> None: ...

    async def recall(self, keys: Sequence[Key]) -> Sequence[Any | None]: ...

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]: ...

    async def unpublished(self, before: datetime, most: int, passed: int = 0) -> Sequence[str]: ...

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None: ...

    async def floor(self) -> int: ...
