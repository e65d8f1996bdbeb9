"""The one place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """Now in UTC, cut to the millisecond: what MongoDB can store, so that a saved time equals the one in memory."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
