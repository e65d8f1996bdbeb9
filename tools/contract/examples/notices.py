"""Who was told of the burst pipe, and the contact that made it possible (an invented person)."""

from typing import Any

from shared.events.base import Event
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.notices import ChannelOutcome, ContactShown, NoticeFailed, NoticeSent, NoticeSkipped
from shared.events.work_orders import WorkOrderCompleted
from tools.contract.examples.reports import REFERENCE
from tools.contract.examples.story import NOTICE, REPORT, REPORTED, after, story

ABOUT = WorkOrderCompleted.type
DONE = after(170)

_COMMON: dict[str, Any] = {"case_id": REPORT, "reference": REFERENCE, "about": ABOUT, "happened_at": DONE}
_INBOX = ChannelOutcome(channel="inbox", outcome="sent")
_NOTICE: tuple[tuple[float, Event], ...] = (
    (170.1, NoticeSent(
        **_COMMON, audience="reporter", channels=[_INBOX, ChannelOutcome(channel="email", outcome="sent", attempts=1)],
    )),
    (170.2, NoticeFailed(
        **_COMMON, audience="follower", channels=[
            _INBOX,
            ChannelOutcome(channel="line", outcome="failed", reason="recipient-unknown", attempts=3),
        ],
    )),
    (170.3, NoticeSkipped(
        **_COMMON, audience="follower", channels=[
            _INBOX, ChannelOutcome(channel="sms", outcome="skipped", reason="no-consent"),
        ],
    )),
)  # fmt: skip
_CONTACT = ContactRecorded(
    case_id=REPORT, party="reporter", name="สมหญิง ใจดี", email="somying@example.org", phone="0800000000", line_id=None,
    language="th", consent=True,
)  # fmt: skip

_LOOKED_UP = ContactShown(
    case_id=REPORT, reference=REFERENCE, audience="reporter", actor="officer-naree", actor_name="นารี รับเรื่อง",
    reason="details",
)  # fmt: skip

NOTICES = (*story(NOTICE, REPORTED, *_NOTICE), *story(REPORT, REPORTED, (8, _LOOKED_UP)))
CONTACTS = story(contact_key(REPORT, "reporter"), REPORTED, (0, _CONTACT))
