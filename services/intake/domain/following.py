"""Who follows a report: a document of its own for each follower, and the count that the report keeps of them.

The two are separate writes. A follower's `counted` and `uncounted` say what the report knows of them; while it is owed
something, a moment of the follower's finishes it (`services/intake/joining.py`).
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.intake.domain.report import Report, make_event
from services.intake.domain.submission import Contact
from shared.emails import same_mailbox
from shared.events.reports import ReportFollowed
from shared.kernel import Erase, Moment, Reject, Step, StoredModel
from shared.words.typed import same_number

PATIENCE = timedelta(seconds=30)  # the two writes have this long; then a moment finishes them
COUNT = "count"  # that moment
_PARTY_DIGITS = 20  # 80 bits


class Follower(StoredModel):
    """Somebody who follows one report, by a secret link of their own. How to reach them is notify's to keep."""

    report: str
    party: str
    since: datetime
    left_at: datetime | None = None
    counted: bool = False  # the report counts that they came
    uncounted: bool = False  # and that they left
    forgotten_at: datetime | None = None  # since when their contact is erased because the report's time is over

    @property
    def owed(self) -> bool:
        """The report does not count them as they are."""
        return not self.counted or (self.left_at is not None and not self.uncounted)


def moments_of_follower(follower: Follower) -> Sequence[Moment]:
    """One moment while the report has not counted this follower (or that they left): a save in between was lost."""
    return [Moment(COUNT, (follower.left_at or follower.since) + PATIENCE)] if follower.owed else []


def party_of(key: str, report_id: str, contact: Contact, turn: int = 0) -> str:
    """The party of whoever is reached there: one for each address, so that nobody is counted or told twice.

    Keyed by the town's secret, so that no reader of events can find the address by trying. Another report gives another
    party, and so does each `turn`: whoever left and comes back is somebody new, whose erased contact stays erased.
    """
    reached = f"email:{same_mailbox(contact.email)}" if contact.email else _by_phone_or_line(contact)
    digest = hmac.new(key.encode(), f"follower\x1f{report_id}\x1f{reached}\x1f{turn}".encode(), hashlib.sha256)
    return f"follower-{digest.hexdigest()[:_PARTY_DIGITS]}"


def _by_phone_or_line(contact: Contact) -> str:
    """However it is written: one telephone is one follower."""
    line_id = unicodedata.normalize("NFKC", (contact.line_id or "").casefold()).strip().removeprefix("@")
    return f"{same_number(contact.phone)}:{line_id}"


def follower_id(report_id: str, party: str) -> str:
    """The id of the follower's own document."""
    return f"{report_id}:{party}"


def refuse_following(report: Report) -> None:
    """Once there is nothing more to be told; `report` is the one that stayed open of merged ones."""
    if report.state == "closed":
        raise Reject("closed", "this report is closed, there is nothing more to be told")


def follow(report_id: str, party: str, at: datetime, contact: Contact) -> Step[Follower]:
    """Somebody wants to be told too; refused (422) without a way to reach them."""
    if not contact.reachable:
        raise Reject("no-contact", "following needs a phone number, an e-mail address or a LINE id", status=422)
    return Step(Follower(report=report_id, party=party, since=at), (), (contact.tell_recorded(report_id, party),))


def leave(follower: Follower, at: datetime) -> Step[Follower] | None:
    """No longer; the contact is erased everywhere. Twice is the same as once."""
    if follower.left_at is not None:
        return None
    return Step(follower.model_copy(update={"left_at": at}), (), (Erase(follower.party),))


def forget_follower(follower: Follower, at: datetime) -> Step[Follower] | None:
    """Erase the contact; the link goes on working. Whoever left has been erased before."""
    if follower.left_at is not None or follower.forgotten_at is not None:
        return None
    return Step(follower.model_copy(update={"forgotten_at": at}), (), (Erase(follower.party),))


def count(report: Report, at: datetime, change: int, *, party: str = "") -> Step[Report]:
    """So many more people follow; `party`: who came, for notify. What is merged owes the change to the other report."""
    after = report.model_copy(
        update={
            "followers": max(0, report.followers + change),
            "transfer": report.transfer.and_waiting(change, at) if report.merged_into else report.transfer,
            "updated_at": max(at, report.updated_at),
        }
    )
    return Step(
        after, (make_event(ReportFollowed, after, followers=after.followers, parties=[party] if party else []),)
    )
