"""A town's databases for the backup, without a database: the test says what they hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import bson
from bson import Timestamp

from shared.kernel.clock import now
from tools.operate.backups.database import HistoryLost, Place

PLACE: Place = ("intake", "reports")


class KeptTown:
    """Databases of which the test says what they hold."""

    prefix = "onestop"

    def __init__(self) -> None:
        self.documents = 3
        self.begun: set[str] = set()
        self.is_new = False  # set up anew: of what was before it remembers nothing
        self.uuid = "6f1c"  # of its collection
        self._time = int(now().timestamp())

    def is_begun(self, service: str) -> bool:
        return service in self.begun

    def places(self) -> Sequence[Place]:
        return [PLACE]

    def collections(self) -> Mapping[str, str]:
        return {".".join(PLACE): self.uuid}

    def moment(self) -> Timestamp:
        self._time += 1
        return Timestamp(self._time, 1)

    def scan(self, _place: Place) -> Iterator[bytes]:
        yield from (bson.encode({"_id": number}) for number in range(self.documents))

    def list_changed(self, _since: Timestamp, _until: Timestamp) -> Mapping[Place, set[Any]]:
        if self.is_new:
            self.is_new = False
            raise HistoryLost("the oplog does not reach back")
        return {}
