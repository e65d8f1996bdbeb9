"""Delivers after all what failed or was skipped, as an operator asks once the cause is mended, or the recipient.

Whether a person may be told is asked anew when it is sent: who has muted us meanwhile stays in peace.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.delivery import Delivery
from services.notify.domain.notice import Notice, owe_again
from services.notify.queries import Filter
from services.notify.store import Store
from shared.events.notices import NoticeChannel
from shared.kernel import Case, Cause, Step
from shared.people import Person

PAGE = 200  # notices read at once


@dataclass(frozen=True)
class Undelivered:
    """Which deliveries; None: any. `since`: when they ended."""

    case_id: str | None = None
    channel: NoticeChannel | None = None
    reason: str | None = None
    since: datetime | None = None

    def holds(self, delivery: Delivery) -> bool:
        """Whether this delivery is to be sent again: it failed or was skipped, by that channel, for that reason,
        since then."""
        return (
            delivery.state in ("failed", "skipped")
            and self.channel in (None, delivery.channel)
            and self.reason in (None, delivery.reason)
            and (self.since is None or delivery.changed_at >= self.since)
        )


async def find_undelivered(store: Store, wanted: Undelivered) -> AsyncIterator[tuple[Case[Notice], list[Delivery]]]:
    """Each notice that reached nobody, with the deliveries that are meant; of each state the newest first."""
    for state in ("failed", "skipped"):
        before: str | None = None
        of_state = Filter(case_id=wanted.case_id, state=state, channel=wanted.channel)
        while page := await store.list_newest(of_state, PAGE, before):
            for case in page:
                meant = [one for one in case.state.deliveries if wanted.holds(one)]
                if meant and case.state.outcome == state:
                    yield case, meant
            before = page[-1].id


async def send_again(store: Store, who: Person | None, notice_id: str, channels: Collection[NoticeChannel]) -> bool:
    """Whether it is owed again; the timers of notify send it, as any delivery that is due.

    `who`: the operator that asks; None: the recipient does.
    """
    owed: list[bool] = []

    def decide(notice: Notice | None, cause: Cause) -> Step[Notice] | None:
        step = owe_again(notice, channels, cause.at) if notice else None
        owed[:] = [step is not None]
        return step

    await store.notices.step(notice_id, decide, Cause.request(by=who, act="resend"))
    return owed[0]
