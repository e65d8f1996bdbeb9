"""A way out of the house, and what is counted of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from shared.kernel import now
from shared.telemetry import metrics

SAID: Mapping[type[Outcome], str] = {Sent: "sent", Refused: "refused", Later: "later"}


class Channel(Protocol):
    """A way out of the house: `Email` and `Webhook`, each in its file of `channels/`."""

    @property
    def room(self) -> int:
        """How many messages it can have in hand; more are left to the timers, which keep to the channel's pool."""

    async def send(self, notice_id: str, notice: Notice, person: Recipient | None) -> Outcome:
        """Hand it over; what became of it. Must end within the lease of a claim."""


def count_from_zero(channel: str) -> None:
    """So that an alarm on the rise of a count sees the first one too."""
    for said in SAID.values():
        metrics.deliveries_total.labels(channel, said)
    metrics.told_seconds.labels(channel)


def count_outcome(channel: str, outcome: Outcome, happened_at: datetime) -> None:
    """What became of a message, and how long after what it tells."""
    metrics.deliveries_total.labels(channel, SAID[type(outcome)]).inc()
    if isinstance(outcome, Sent):
        metrics.told_seconds.labels(channel).observe(max(0.0, (now() - happened_at).total_seconds()))
