"""What is enclosed with a mail: the letter of a decision, with the one that tells its applicant of it."""

from datetime import datetime, timedelta

from services.notify.domain.file import APPLICANT
from services.notify.domain.notice import Notice
from shared.events.permits import PermitDecided

# A letter is there seconds after its decision, unless a key is missing: then the applicant hears of it all the same.
WAIT_MOST = timedelta(minutes=4)  # messages are to leave within five: see the alarm OnestopToldLate
PAUSE_LEAST, PAUSE_MOST = timedelta(seconds=2), timedelta(seconds=30)


def encloses_letter(notice: Notice) -> bool:
    """Whether a letter goes with it: to its applicant alone, whose mail holds the link that opens it anyhow."""
    return notice.about == PermitDecided.type and notice.party == APPLICANT


def pause_for_letter(notice: Notice, at: datetime) -> timedelta | None:
    """When to look again for a letter that is not there yet. None: it was waited for long enough."""
    waited = at - notice.happened_at
    if waited >= WAIT_MOST:
        return None
    return min(max(waited / 2, PAUSE_LEAST), PAUSE_MOST)
