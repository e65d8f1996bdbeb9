"""When a notice's deliveries want to be looked at, and in which pool: one for each destination that can be away, so
that nothing slow stands before what is fast."""

from collections.abc import Sequence
from typing import get_args

from services.notify.domain.delivery import Delivery
from services.notify.domain.notice import Notice
from shared.events.notices import NoticeChannel
from shared.kernel import Moment

MAIL = "mail"
WEBHOOK = "webhook"
POOLS = {"email": MAIL}  # which pool a channel's moments wait in
DELIVER = "deliver"  # the kind of its moments
KINDS = (DELIVER, *get_args(NoticeChannel))  # the release before named them by the channel alone, and some still wait


def moments(notice: Notice) -> Sequence[Moment]:
    """Each delivery that has not ended wants to be looked at, in the pool of what it talks to."""
    waiting = ((one, one.due_at) for one in notice.deliveries if one.due_at)
    return [Moment(f"{DELIVER} {one.channel}", at, _pool(notice, one)) for one, at in waiting]


def _pool(notice: Notice, one: Delivery) -> str:
    """Each agency's program is a destination of its own."""
    pool = POOLS.get(one.channel, one.channel)
    return f"{pool}:{notice.agency}" if one.channel == WEBHOOK else pool
