"""What is enclosed with a mail: the letter of a decision or of what was signed after it, with the one that tells its
applicant of it."""

from datetime import datetime, timedelta

from services.notify.domain.file import APPLICANT
from services.notify.domain.notice import Notice
from shared.events.permit_life import PermitAppealAnswered, PermitExtensionAnswered, PermitRevoked, PermitTransferred
from shared.events.permits import PermitDecided

# A letter is there seconds after its decision, unless a key is missing: then the applicant hears of it all the same.
WAIT_MOST = timedelta(minutes=4)  # messages are to leave within five: see the alarm OnestopToldLate
DECISION = PermitDecided.type
_SIGNED_LATER = {one.type for one in (PermitExtensionAnswered, PermitTransferred, PermitRevoked, PermitAppealAnswered)}
PAUSE_LEAST, PAUSE_MOST = timedelta(seconds=2), timedelta(seconds=30)


def find_enclosed_letter(notice: Notice) -> int | None:
    """Which letter of the application goes with it, 0 for the decision's: to its applicant alone, whose mail holds the
    link that opens it anyhow. None: none."""
    if notice.party != APPLICANT:
        return None
    if notice.about == DECISION:
        return 0
    turn = notice.data.get("letter") if notice.about in _SIGNED_LATER else None
    return turn if isinstance(turn, int) and turn > 0 else None


def pause_for_letter(notice: Notice, at: datetime) -> timedelta | None:
    """When to look again for a letter that is not there yet. None: it was waited for long enough."""
    waited = at - notice.happened_at
    if waited >= WAIT_MOST:
        return None
    return min(max(waited / 2, PAUSE_LEAST), PAUSE_MOST)
