"""Slots of which one client holds a fraction and never all: whoever is many, or means harm, shuts nobody else out.

One rule for everything that a process has few of: requests under way, bytes of bodies, turns at costly work.
"""

import math
from collections import defaultdict
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """Whoever is counted as one, as rate limits know them, and the fraction of all slots that is theirs at most."""

    key: str
    fraction: float


NOBODY = Client("", 1.0)  # the service's own work: what it hears of, and what is due
# Whose request is being worked on. The web layer says it, by address before anything of a body is read, and by account
# once somebody is known.
CLIENT: ContextVar[Client] = ContextVar("client", default=NOBODY)


class Slots:
    """So many slots, and who holds them; bytes are counted alike, a slot each."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self.by_client: defaultdict[str, int] = defaultdict(int)

    def is_full(self, size: int = 1) -> bool:
        """Whether so many more are too many, whoever asks."""
        return self.held + size > self.most

    def take(self, client: Client, size: int = 1) -> bool:
        """Whether there was room for so much more."""
        if self.is_full(size) or self.by_client.get(client.key, 0) + size > self._most_of(client):
            return False
        self._add(client, size)
        return True

    def give_back(self, client: Client, size: int = 1) -> None:
        """Give back what `take` took, by the same client and of the same size."""
        self._add(client, -size)

    def _most_of(self, client: Client) -> int:
        if client.fraction == 1:
            return self.most
        return max(1, min(self.most - 1, math.ceil(self.most * client.fraction)))

    def _add(self, client: Client, size: int) -> None:
        self.held += size
        self.by_client[client.key] += size
        if not self.by_client[client.key]:
            del self.by_client[client.key]
