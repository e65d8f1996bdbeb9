"""The times at which something happens to an application by itself, and what each of them does.

`moments` is what the kernel stores with the case (`store.py`); when one has come, `timers.py` is called with its name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.permits.domain import (
    answering,
    appeals,
    chasing,
    completeness,
    forgetting,
    handing_in,
    inspections,
    invoices,
    neighbours,
    paying,
    signed_acts,
    validity,
)
from services.permits.domain.application import Application
from services.permits.domain.bill import FIRST
from shared.kernel import Cause, Moment, Step
from shared.town.models import Town

CHECK_REMINDER, REMINDER, LETTER, FEES_DUE, RECEIPT, INSPECTION = (
    "check-reminder", "reminder", "letter", "fees-due", "receipt", "inspection",
)  # fmt: skip
EXPIRY_WARNING, EXPIRY, APPEAL_END, FORGETTING = "expiry-warning", "expiry", "appeal-end", "forgetting"
CONSULTATION, NEIGHBOUR_REMINDER, ANSWER = "consultation", "neighbour-reminder", "answer"
DRAFT_EXPIRY, REMOVAL = "draft-expiry", "removal"
# Of later invoices: kinds of their own, or a release that knows the first alone would withdraw them.
LATER_FEES_DUE, LATER_RECEIPT = "later-fees-due", "later-receipt"
KINDS = (
    CHECK_REMINDER, REMINDER, LETTER, FEES_DUE, RECEIPT, INSPECTION, EXPIRY_WARNING, EXPIRY, APPEAL_END, FORGETTING,
    DRAFT_EXPIRY, REMOVAL, CONSULTATION, NEIGHBOUR_REMINDER, ANSWER, LATER_FEES_DUE, LATER_RECEIPT,
)  # fmt: skip
LETTERS = "letters"  # their pool: a key or a time stamp that is away holds up nothing else


@dataclass(frozen=True)
class Periods:
    """For how many days something is kept: an untouched draft with and without documents, and an applicant's data
    after the end of it all."""

    draft_days: int
    applicant_days: int
    empty_draft_days: int = 14

    def of_draft(self, application: Application) -> int:
        """For how many days this draft is kept untouched: fewer without documents."""
        return self.draft_days if application.documents else min(self.draft_days, self.empty_draft_days)


def moments(application: Application, periods: Periods) -> Sequence[Moment]:
    """Everything that this application waits for; who handles it is `timers.py`."""
    clock, check, expiry = application.clock, application.check, validity.expiry_at(application)
    waits: dict[str, datetime | None] = {
        CHECK_REMINDER: check.next.at if check and check.next and application.state == "submitted" else None,
        REMINDER: clock.next.at if clock and clock.next else None,
        **_list_letter_moments(application),
        **_list_money_moments(application),
        ANSWER: answering.find_next_due(application),
        CONSULTATION: chasing.find_next_due(application),
        NEIGHBOUR_REMINDER: neighbours.find_next_reminder(application),
        INSPECTION: min((one.at for one in inspections.list_awaited(application)), default=None),
        EXPIRY_WARNING: application.expiry_warning_at if expiry else None,
        EXPIRY: expiry,
        APPEAL_END: appeals.appeal_until(application),
        FORGETTING: forgetting.find_forgetting_time(application, periods.applicant_days),
        **_list_draft_moments(application, periods.of_draft(application)),
    }
    return [_build_moment(name, at) for name, at in waits.items() if at is not None]


def _build_moment(name: str, at: datetime) -> Moment:
    moment = Moment(name, at)
    return Moment(name, at, LETTERS) if moment.kind == LETTER else moment


def letter_moment(turn: int) -> str:
    """The name of the moment that makes the letter of that turn: none waits for another."""
    return f"{LETTER} {turn}" if turn else LETTER


def turn_of_moment(name: str) -> int:
    """Which letter a moment of that kind makes."""
    return int(name.partition(" ")[2] or signed_acts.DECISION)


def _list_letter_moments(application: Application) -> dict[str, datetime | None]:
    """Those that are owed."""
    owed = [(turn, letter) for turn, letter in signed_acts.letters_of(application) if not letter.sha256]
    return {letter_moment(turn): letter.owed_since for turn, letter in owed}


def _list_money_moments(application: Application) -> dict[str, datetime | None]:
    """When the next invoice is due, and since when the receipt book lacks something."""
    waits: dict[str, datetime | None] = {}
    for bill in invoices.bills_of(application):
        first = bill.number == FIRST
        due = bill.due_at if invoices.is_owed(application, bill) and not bill.overdue_noted else None
        both = (
            (FEES_DUE if first else LATER_FEES_DUE, due),
            (RECEIPT if first else LATER_RECEIPT, bill.unbooked_since),
        )
        for name, at in both:
            waits[name] = min((one for one in (waits.get(name), at) if one), default=None)
    return waits


def _list_draft_moments(application: Application, draft_days: int) -> dict[str, datetime | None]:
    """A draft expires, then it is removed; so is one that its applicant took back."""
    if application.submitted_at is not None:
        return {}
    expiry = handing_in.find_draft_expiry(application, draft_days)
    if application.state == "draft":
        return {DRAFT_EXPIRY: expiry}
    return {REMOVAL: application.removable_at or expiry}


def act(name: str, application: Application, cause: Cause, town: Town, periods: Periods) -> Step[Application] | None:
    """What the moment of this name does to the application; None when it has nothing to do any more."""
    acts: dict[str, Callable[[], Step[Application] | None]] = {
        CHECK_REMINDER: lambda: completeness.remind_of_check(application, cause, town),
        REMINDER: lambda: completeness.remind(application, cause, town),
        FEES_DUE: lambda: paying.note_unpaid(application, cause),
        LATER_FEES_DUE: lambda: paying.note_unpaid(application, cause),
        ANSWER: lambda: answering.chase(application, cause),
        CONSULTATION: lambda: chasing.chase(application, cause),
        NEIGHBOUR_REMINDER: lambda: neighbours.remind(application, cause),
        INSPECTION: lambda: inspections.note_inspections(application, cause),
        EXPIRY_WARNING: lambda: validity.warn(application, cause),
        EXPIRY: lambda: validity.end_validity(application, cause),
        APPEAL_END: lambda: appeals.end_appeal(application, cause),
        DRAFT_EXPIRY: lambda: handing_in.expire_draft(application, cause, periods.of_draft(application)),
    }
    return acts[name]() if name in acts else None
