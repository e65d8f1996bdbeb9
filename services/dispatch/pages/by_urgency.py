"""Pages of a list that begins with the most urgent."""

from services.dispatch.queries import Urgency
from services.dispatch.store import Order
from shared.web.paging import Scalar, cursor_time, decode_cursor, encode_cursor
from shared.web.problem import Problem


def cursor_after(last: Order) -> str:
    """The cursor of the page that begins after this order."""
    due = last.state.due_at
    return encode_cursor((due.isoformat() if due else None, last.id))


def place_of(after: str) -> Urgency:
    """What a cursor says; 400 for that of another list."""
    return place_in(decode_cursor(after))


def place_in(parts: tuple[Scalar, ...]) -> Urgency:
    """The same of a cursor that is decoded."""
    match parts:
        case (None, str(order_id)):
            return None, order_id
        case (str(due), str(order_id)):
            return cursor_time(due), order_id
        case _:
            raise Problem(400, "cursor")
