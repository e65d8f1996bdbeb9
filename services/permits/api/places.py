"""Places in the lists of permits, as their cursors name them: read from a cursor, and written into the next one."""

from datetime import datetime

from services.permits.bill_store import Due, place_of
from services.permits.domain.application import Application
from services.permits.receipt_store import Receipt
from shared.kernel import Case
from shared.web import Paging, Problem, cursor_time

DeskPlace = tuple[datetime | None, str]  # when it is due, and the case


def desk_place(pages: Paging) -> DeskPlace | None:
    """The place in the desk's order that a cursor names; 400 for another list's cursor."""
    match pages.after:
        case None:
            return None
        case (None | str() as due, str() as case_id):
            return cursor_time(due) if due is not None else None, case_id
    raise Problem(400, "cursor")


def desk_key(case: Case[Application]) -> tuple[str | None, str]:
    """Where an application stands in the desk's order."""
    return case.state.clock.due_at.isoformat() if case.state.clock else None, case.id


def register_key(case: Case[Application]) -> tuple[str, str]:
    """Where a permit stands in the register's order: by when it was decided (`time_place`)."""
    return case.state.decision.at.isoformat() if case.state.decision else "", case.id


def bill_key(due: Due) -> tuple[str, str]:
    """Where an invoice stands among those that are to be paid."""
    at, place = place_of(*due)
    return at.isoformat(), place


def receipt_key(receipt: Receipt) -> tuple[str, str]:
    """Where a receipt stands in the book."""
    return receipt.at.isoformat(), receipt.number
