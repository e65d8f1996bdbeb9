"""Who was told of the burst pipe, and the contact that made it possible (an invented person)."""

from shared.events.base import Event
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.examples.reports import REFERENCE
from shared.events.examples.story import DELIVERY, REPORT, REPORTED, after, story
from shared.events.notices import NoticeFailed, NoticeSent, NoticeSkipped
from shared.events.work_orders import WorkOrderCompleted

ABOUT = WorkOrderCompleted.type
DONE = after(170)

_DELIVERY: tuple[tuple[float, Event], ...] = (
    (170.1, NoticeSent(
        case_id=REPORT, reference=REFERENCE, about=ABOUT, happened_at=DONE, audience="reporter", channel="email",
    )),
    (170.2, NoticeFailed(
        case_id=REPORT, reference=REFERENCE, about=ABOUT, happened_at=DONE, audience="follower-1", channel="line",
        reason="recipient-unknown", attempts=3,
    )),
    (170.3, NoticeSkipped(
        case_id=REPORT, reference=REFERENCE, about=ABOUT, happened_at=DONE, audience="follower-2", channel="sms",
        reason="no-consent",
    )),
)  # fmt: skip
_CONTACT = ContactRecorded(
    case_id=REPORT, party="reporter", name="สมหญิง ใจดี", email="somying@example.org", phone="0800000000", line_id=None,
    language="th", consent=True,
)  # fmt: skip

NOTICES = story(DELIVERY, REPORTED, *_DELIVERY)
CONTACTS = story(contact_key(REPORT, "reporter"), REPORTED, (0, _CONTACT))
