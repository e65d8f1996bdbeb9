"""Whether messages leave: how long the oldest delivery has waited for its provider, and whether others get through."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.notify.store import Store
from shared.events.notices import NoticeChannel
from shared.kernel import now
from shared.telemetry import metrics

LONGEST_WAIT = timedelta(minutes=10)  # twice the longest pause between two tries


async def find_stuck(store: Store, channels: Iterable[NoticeChannel], at: datetime | None = None) -> str | None:
    """Why messages do not leave, as `/workz` says it, and the gauges of each channel.

    One that waits while later ones left has a full mailbox of its own: it is in the gauge and no problem of ours.
    """
    at = at or now()
    found = [problem for channel in channels if (problem := await _find_stuck_on(store, channel, at))]
    return "; ".join(found) or None


async def _find_stuck_on(store: Store, channel: NoticeChannel, at: datetime) -> str | None:
    oldest = await store.find_oldest_undelivered(channel)
    age = (at - oldest.created_at).total_seconds() if oldest else 0.0
    metrics.deliveries_oldest_age_seconds.labels(channel).set(max(0.0, age))
    metrics.deliveries_waiting.labels(channel).set(await store.count_undelivered(channel))
    stuck = oldest and await store.find_oldest_undelivered(channel, since=await store.find_last_sent(channel))
    if not stuck or at - stuck.created_at < LONGEST_WAIT:
        return None
    waited, reason = (at - stuck.created_at).total_seconds() / 60, stuck.reason or "not tried"
    return f"nothing leaves by {channel}, the oldest message has waited {waited:.0f} min ({reason})"
