"""Places in the lists of permits, as their cursors name them: read from a cursor, and written into the next one."""

from datetime import UTC, datetime

from services.permits.domain.application import Application
from shared.kernel import Case
from shared.web import Paging, Problem

DeskPlace = tuple[datetime | None, str]  # when it is due, and the case
RegisterPlace = tuple[datetime, str]  # when it was decided, and the case


def desk_place(pages: Paging) -> DeskPlace | None:
    """The place in the desk's order that a cursor names; 400 for another list's cursor."""
    match pages.after:
        case None:
            return None
        case (None | str() as due, str() as case_id):
            return _moment(due) if due is not None else None, case_id
    raise Problem(400, "cursor")


def desk_key(case: Case[Application]) -> tuple[str | None, str]:
    """Where an application stands in the desk's order."""
    return case.state.clock.due_at.isoformat() if case.state.clock else None, case.id


def register_place(pages: Paging) -> RegisterPlace | None:
    """The place in the register that a cursor names; 400 for another list's cursor."""
    match pages.after:
        case None:
            return None
        case (str() as at, str() as case_id):
            return _moment(at), case_id
    raise Problem(400, "cursor")


def register_key(case: Case[Application]) -> tuple[str, str]:
    """Where a permit stands in the register's order."""
    return case.state.decision.at.isoformat() if case.state.decision else "", case.id


def _moment(text: str) -> datetime:
    """Anybody may write a cursor: 400 for what is no time with a zone, or one that the database cannot hold."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # the same answer as below
    raise Problem(400, "cursor")
